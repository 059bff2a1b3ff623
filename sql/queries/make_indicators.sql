-- make_indicators: views of all indicators
select plumbline.make_indicator(indicator) from plumbline.indicator order by position

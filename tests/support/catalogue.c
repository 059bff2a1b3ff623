#include "catalogue.h"

#include <glib/gstdio.h>
#include <string.h>

static const struct {
  const char *name;
  const char *text;
} files_of_fixture[] = {
  { "area.csv", "area_code,valid_from,valid_to,parent_code,level,name,name_en,successor_code\n"
                "210100,1990-01-01,,,city,沈阳市,Shenyang,\n"
                "210102,1990-01-01,,210100,district,和平区,Heping,\n"
                "210122,1990-01-01,2016-03-01,210100,district,辽中县,Liaozhong County,210115\n"
                "210115,2016-03-01,,210100,district,辽中区,Liaozhong,\n" },
  { "value.csv", "domain,written,value\n"
                 "missing,-,\n"
                 "sex,M,M\n"
                 "sex,男,M\n"
                 "sex,F,F\n"
                 "sex,女,F\n"
                 "stage,primary,primary\n"
                 "stage,小学,primary\n"
                 "boolean,是,true\n"
                 "boolean,否,false\n"
                 "district,和平区,210102\n" },
  { "feed.csv", "feed,grain,view_name,name,name_en,frequency,due_days,stages,complete,reject_limit_pct\n"
                "schools,register,school,学校名录,School register,any,0,,no,10\n"
                "myopia,school,myopia,近视筛查,Myopia screening,term,30,primary,no,10\n"
                "tally,area,tally,任务进度,Progress tally,month,10,,no,10\n" },
  { "column.csv", "feed,column_name,type,key,required,fallback,domain,name,name_en,unit\n"
                  "schools,school_code,code,yes,yes,,,学校代码,School code,\n"
                  "schools,name,text,no,yes,,,学校名称,School name,\n"
                  "schools,district_code,area,no,yes,,district,区县代码,District code,\n"
                  "schools,stage,enum,no,yes,,stage,办学类型,Stage,\n"
                  "schools,inclusive,boolean,no,no,,boolean,是否普惠性,Inclusive,\n"
                  "schools,valid_from,date,yes,no,1990-01-01,,生效日期,Valid from,\n"
                  "schools,valid_to,date,no,no,,,失效日期,Valid to,\n"
                  "myopia,school_code,school,yes,yes,,,学校代码,School code,\n"
                  "myopia,period,period,yes,yes,title,,统计时期,Period,\n"
                  "myopia,grade,grade,yes,yes,,,年级,Grade,\n"
                  "myopia,sex,sex,yes,yes,,sex,性别,Sex,\n"
                  "myopia,examined,count,no,yes,,,检查人数,Pupils examined,pupils\n"
                  "myopia,myopic,count,no,yes,,,近视人数,Myopic pupils,pupils\n"
                  "tally,area_code,area,yes,yes,,district,区县代码,Area code,\n"
                  "tally,period,period,yes,yes,title,,统计时期,Period,\n"
                  "tally,count,count,no,yes,,,累计数,Count,count\n" },
  { "alias.csv", "feed,header,column_name,fixed,use\n"
                 "myopia,检查人数,examined,,\n"
                 "myopia,1年级男,examined,grade=P1;sex=M,\n"
                 "myopia,合计,examined,,total\n"
                 "myopia,备注,,,ignore\n"
                 "myopia,Myopic Pupils,myopic,,value\n" },
  { "rule.csv",
    "rule,feed,level,column,check,argument,severity,text_zh,text_en,advice_zh,advice_en\n"
    "R-above,myopia,row,myopic,compare,myopic <= examined,refuse,{value}大于检查人数,{value} is above examined,请核对,"
    "check both\n"
    "R-count,*,cell,*,count,,refuse,{value}不是整数,{value} is not a count,请改为整数,write a whole number\n"
    "R-above,myopia,row,examined,compare,examined >= 0,refuse,,,,\n" },
  { "text.csv", "key,zh,en\n"
                "mail.greeting,{name}，您好,\"Dear {name},\"\n"
                "unit.count,个,items\n"
                "unit.percent,%,percent\n"
                "unit.percent_less_growth,%,percent less growth\n"
                "unit.pp,个百分点,percentage points\n"
                "unit.pupils,人,pupils\n"
                "unit.school,所,schools\n" },
  { "indicator.csv",
    "indicator,feed,kind,good,numerator,denominator,filter,strata,stages,unit,name,name_en,definition,"
    "definition_en\n"
    "myopia,myopia,sample,down,f.myopic,f.examined,,grade_sex,primary,percent,近视率,Myopia rate,近视 ÷ 检查,"
    "myopic / examined\n"
    "counted,tally,total,up,f.count,,f.count >= 0,none,,school,完成数,Schools counted,累计,cumulative\n" },
  { "plan.csv", "plan,name,name_en,starts,deadline,source\n"
                "2022,要点,Work plan,2022-01-01,2022-12-31,教育局\n" },
  { "target.csv",
    "plan,target,item,headline,indicator,kind,value,unit,good,scope,areas,baseline_value,baseline_period,"
    "growth_from,deadline,deadline_period,increment_basis,name,name_en,short_name,note,note_en\n"
    "2022,myopia_change,19,yes,myopia,change,-0.5,pp,down,city_district,,,2021-autumn,,2022-12-31,2022-autumn,,"
    "近视率下降,Myopia falls,近视率,,\n"
    "2022,counted,2,no,counted,count,30,school,up,city,,0,,,2022-12-31,,,示范校,Model schools,示范校,,\n"
    "2022,growth,19,no,myopia,growth_cut,80,percent_less_growth,down,named,210102;210115,,2021-autumn,2019-autumn,"
    "2022-12-31,2022-autumn,arithmetic,增幅,Growth,增幅,,\n"
    "2022,level,19,no,myopia,level,40,percent,down,city,,51.5,,,2022-12-31,2022-autumn,,水平,Level,水平,,\n" },
  { "threshold.csv", "name,value,unit,note,note_en\n"
                     "on_track_probability,0.8,probability,正常,on track from here\n"
                     "off_track_probability,0.2,probability,偏离,off track below\n"
                     "completeness_pct,80,percent,完整,complete from here\n"
                     "completeness_tell_pct,50,percent,可判断,enough to tell\n"
                     "false_alarms_per_year,1,flags a year,误报,false alarms\n"
                     "min_schools,5,schools,学校,schools\n"
                     "min_waves,2,waves,期,waves\n"
                     "min_events,10,pupils,事件,events\n"
                     "worsening_p,0.05,probability,恶化,worsening\n"
                     "drift_p_max,0.05,probability,偏离,drift\n"
                     "interim_power,20,power,未齐,incomplete\n"
                     "df_cap,25,degrees of freedom,自由度,degrees of freedom\n"
                     "count_on_track_ratio,1,ratio,进度,counts on track\n"
                     "count_off_track_ratio,0.9,ratio,落后,counts off track\n"
                     "official_on_track_ratio,0.95,ratio,良好,good\n"
                     "official_moderate_ratio,0.6,ratio,一般,moderate\n"
                     "alert_notice_ratio,0.9,ratio,关注,watched\n"
                     "alert_recovery_ratio,0.5,ratio,恢复,recovered\n"
                     "alert_answer_days,7,days,答复,answer\n"
                     "alert_reminder_days,7,days,提醒,reminder\n"
                     "alert_reminder_acknowledged_days,30,days,已确认,acknowledged\n"
                     "alert_escalation_days,7,days,上报,escalation\n"
                     "alert_escalation_city_days,21,days,上报市,to the city\n"
                     "alert_quiet_days,7,days,平安,quiet\n"
                     "alert_mails_per_night,30,mails,上限,cap\n"
                     "mail_tries,12,attempts,次数,tries\n" },
  { "recipient.csv", "recipient,name,address,role,area_code,language\n"
                     "city,市教育局,bureau@example.invalid,city,210100,zh\n"
                     "heping,和平区教育局,heping@example.invalid,district,210102,zh\n" },
};

static void
content_free (gpointer content)
{
  g_string_free (content, TRUE);
}

GHashTable *
fixture_files (void)
{
  GHashTable *files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, content_free);

  for (guint i = 0; i < G_N_ELEMENTS (files_of_fixture); i++)
    g_hash_table_insert (files, g_strdup (files_of_fixture[i].name), g_string_new (files_of_fixture[i].text));
  return files;
}

void
fixture_replace (GHashTable *files, const char *file, const char *from, const char *to)
{
  GString *content = g_hash_table_lookup (files, file);
  const char *at = content != NULL ? strstr (content->str, from) : NULL;
  gssize offset = 0;

  if (at == NULL)
    g_error ("the fixture's %s has no '%s'", file, from);
  offset = at - content->str;
  g_string_erase (content, offset, (gssize)strlen (from));
  g_string_insert (content, offset, to);
}

void
fixture_append (GHashTable *files, const char *file, const char *line)
{
  g_string_append_printf (g_hash_table_lookup (files, file), "%s\n", line);
}

void
fixture_write (GHashTable *files, const char *folder)
{
  GHashTableIter iter;
  gpointer name = NULL, content = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &name, &content)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;

    if (!g_file_set_contents (path, ((GString *)content)->str, (gssize)((GString *)content)->len, &error))
      g_error ("%s", error->message);
  }
}

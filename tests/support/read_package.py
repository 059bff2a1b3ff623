#!/usr/bin/env python3
"""Reads what export wrote as a stranger would: a data package by the specification of tabular data packages, or a workbook.

read_package.py FOLDER…           each package is right, or what is wrong with it; prints resources and rows
read_package.py FILE.xlsx SHEET   the sheet's rows, cells joined by |
"""
import csv, datetime, hashlib, json, os, re, sys, zipfile
import xml.etree.ElementTree as ET

NAME = re.compile(r"^[a-z0-9._-]+$")
NUMBER = re.compile(r"^-?\d+(\.\d+)?([eE][-+]?\d+)?$")


def is_moment(text):
    datetime.datetime.fromisoformat(text)
    return "T" in text


CASTS = {
    "string": lambda t: True,
    "integer": lambda t: re.match(r"^-?\d+$", t),
    "number": NUMBER.match,
    "boolean": lambda t: t in ("true", "false"),
    "date": lambda t: datetime.date.fromisoformat(t),
    "datetime": is_moment,
}


def check(condition, message):
    if not condition:
        sys.exit(message)


def check_rows(resource, path):
    schema = resource["schema"]
    fields, seen, rows = schema["fields"], set(), 0
    with open(path, encoding=resource["encoding"], newline="") as stream:
        reader = csv.reader(stream, strict=True)
        check(next(reader) == [f["name"] for f in fields], f"{path}: header is not the schema's")
        for row in reader:
            rows += 1
            check(len(row) == len(fields), f"{path}: row {rows} has {len(row)} cells")
            for field, cell in zip(fields, row):
                if cell in schema["missingValues"]:
                    check(not field.get("constraints", {}).get("required"), f"{path}: {field['name']} is missing in row {rows}")
                else:
                    check(CASTS[field["type"]](cell), f"{path}: {cell!r} is no {field['type']}")
            key = tuple(c for f, c in zip(fields, row) if f["name"] in schema.get("primaryKey", []))
            check(not key or key not in seen, f"{path}: key {key} twice")
            seen.add(key)
    return rows


def check_package(folder):
    with open(os.path.join(folder, "datapackage.json"), encoding="utf-8") as stream:
        package = json.load(stream)
    check(package["profile"] == "tabular-data-package" and NAME.match(package["name"]), "package: profile or name")
    check(len({r["name"] for r in package["resources"]}) == len(package["resources"]) > 0, "package: resources' names")
    for resource in package["resources"]:
        path = os.path.join(folder, resource["path"])
        check(NAME.match(resource["name"]) and not resource["path"].startswith(("/", ".")), f"{path}: name or path")
        with open(path, "rb") as stream:
            content = stream.read()
        check(len(content) == resource["bytes"], f"{path}: bytes")
        check("sha256:" + hashlib.sha256(content).hexdigest() == resource["hash"], f"{path}: hash")
        check(all(f.get("description") and f["type"] in CASTS for f in resource["schema"]["fields"]), f"{path}: fields")
        print(resource["name"], check_rows(resource, path))


def print_sheet(path, name):
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as book:
        sheets = ET.fromstring(book.read("xl/workbook.xml")).find(main + "sheets")
        number = [s.get("name") for s in sheets].index(name) + 1
        shared = []
        if "xl/sharedStrings.xml" in book.namelist():
            shared = ["".join(t.text or "" for t in si.iter(main + "t")) for si in ET.fromstring(book.read("xl/sharedStrings.xml"))]
        for row in ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(main + "row"):
            cells = []
            for cell in row:
                check(cell.find(main + "f") is None, "a formula")
                value, kind = cell.find(main + "v"), cell.get("t", "n")
                text = "".join(t.text or "" for t in cell.iter(main + "t"))
                cells.append(kind + ":" + (shared[int(value.text)] if kind == "s" else text if kind == "inlineStr" else value.text))
            print("|".join(cells))


if sys.argv[1].endswith(".xlsx"):
    print_sheet(sys.argv[1], sys.argv[2])
else:
    for each in sys.argv[1:]:
        check_package(each)

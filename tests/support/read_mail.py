#!/usr/bin/python3
"""What Python's own parser makes of a mail: read_mail.py FILE prints the number of its defects, then headers and parts,
a line each, the parts as SHA-256 of their decoded content with lines that end in LF."""
import email
import email.policy
import hashlib
import sys

with open(sys.argv[1], "rb") as source:
    mail = email.message_from_binary_file(source, policy=email.policy.default)
defects = [d for part in mail.walk() for d in part.defects]
defects += [d for part in mail.walk() for value in part.values() for d in value.defects]
print("defects", len(defects), *map(repr, defects))
for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted"):
    print(name + ":", *mail.get_all(name, []))
for part in mail.walk():
    if not part.is_multipart():
        content = part.get_payload(decode=True)
        if part.get_content_maintype() == "text":
            content = content.replace(b"\r\n", b"\n")
        print(part.get_content_type(), hashlib.sha256(content).hexdigest())

#!/usr/bin/python3
"""A mail server that misbehaves on order: smtp_rude.py FOLDER CERTIFICATE KEY.

Speaks TLS from the first byte on, or, to a client that waits for a greeting, no TLS at all. FOLDER/mode holds "STEP ACTION", read anew at each connection: STEP is one of greeting
ehlo auth mail rcpt data text (during the text) end (after it, when the mail has been kept); ACTION is a code to answer
with, drop, or stall. "ok" answers everything well. Writes its port to FOLDER/port, and each mail, when its last line has
come, to FOLDER/NUMBER.eml: a server may have got it whatever it says then."""
import os
import socket
import ssl
import sys
import threading
import time

folder, certificate, key = sys.argv[1:4]
STALL = 30
lock = threading.Lock()
count = 0


class Gone(Exception):
    pass


class Talk:
    def __init__(self, connection):
        self.connection = connection
        self.pending = b""
        with open(f"{folder}/mode") as mode:
            self.step, _, self.action = mode.read().strip().partition(" ")

    def say(self, line):
        self.connection.sendall(line.encode() + b"\r\n")

    def at(self, step, otherwise):
        """True when the step went well."""
        if step != self.step:
            if otherwise:
                self.say(otherwise)
            return True
        if self.action == "stall":
            time.sleep(STALL)
            raise Gone
        if self.action == "drop":
            raise Gone
        self.say(f"{self.action} as ordered")
        return False

    def line(self):
        while b"\n" not in self.pending:
            more = self.connection.recv(65536)
            if not more:
                raise Gone
            self.pending += more
        line, _, self.pending = self.pending.partition(b"\n")
        return line.rstrip(b"\r")

    def text(self):
        lines = []
        while (line := self.line()) != b".":
            if not lines and self.step == "text":
                self.at("text", None)
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(line + b"\r\n" for line in lines)

    def keep(self, text):
        global count
        with lock:
            count += 1
            number = count
        with open(f"{folder}/{number}.new", "wb") as out:
            out.write(text)
        os.rename(f"{folder}/{number}.new", f"{folder}/{number}.eml")

    def serve(self):
        if not self.at("greeting", "220 rude ESMTP"):
            return
        while True:
            line = self.line()
            verb = line.split(b" ")[0].split(b":")[0].upper().decode(errors="replace")
            if verb in ("EHLO", "HELO"):
                self.at("ehlo", "250-rude\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                self.say("334 ")
                self.line()
                self.at("auth", "235 ok")
            elif verb in ("MAIL", "RCPT"):
                self.at(verb.lower(), "250 ok")
            elif verb == "DATA":
                if self.at("data", "354 go ahead"):
                    self.keep(self.text())
                    self.at("end", "250 kept")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 what?")


def handle(raw, context):
    try:
        raw.settimeout(0.3)
        try:
            raw.recv(1, socket.MSG_PEEK)
            secure = True
        except TimeoutError:
            secure = False
        raw.settimeout(None)
        with context.wrap_socket(raw, server_side=True) if secure else raw as connection:
            Talk(connection).serve()
    except (Gone, OSError):
        pass
    finally:
        raw.close()


parent = os.getppid()
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)
listener = socket.create_server(("127.0.0.1", 0))
with open(f"{folder}/port.new", "w") as out:
    out.write(str(listener.getsockname()[1]))
os.rename(f"{folder}/port.new", f"{folder}/port")


def accept():
    while True:
        threading.Thread(target=handle, args=(listener.accept()[0], context), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
while os.getppid() == parent:
    time.sleep(0.2)

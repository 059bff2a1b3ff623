#!/usr/bin/python3
"""A mail server for tests: smtp_server.py FOLDER CERTIFICATE KEY; STARTTLS and AUTH demanded (aiosmtpd).

Writes its port to FOLDER/port, and each mail it takes to FOLDER/NUMBER.eml with the envelope in FOLDER/NUMBER.envelope."""
import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import AuthResult, SMTP

folder, certificate, key = sys.argv[1:4]


class Keep:
    count = 0

    async def handle_DATA(self, server, session, envelope):
        Keep.count += 1
        with open(f"{folder}/{Keep.count}.envelope", "w") as out:
            out.write(f"{envelope.mail_from} {' '.join(envelope.rcpt_tos)} {session.ssl is not None}\n")
        with open(f"{folder}/{Keep.count}.eml", "wb") as out:
            out.write(envelope.original_content)
        return "250 kept"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 ok"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"plumbline", b"se cret:=1"))


parent = os.getppid()
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)


async def serve():
    handler = Keep()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticate,
                     hostname="localhost"), "127.0.0.1", 0)
    with open(f"{folder}/port.new", "w") as out:
        out.write(str(server.sockets[0].getsockname()[1]))
    os.rename(f"{folder}/port.new", f"{folder}/port")
    while os.getppid() == parent:
        await asyncio.sleep(0.2)


asyncio.run(serve())

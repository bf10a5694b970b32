"""Python's dkim, its ARC: one JSON object in, one out. What is said here is said in ../arc-programs.ts."""
import base64
import json
import sys

import dkim

batch = json.load(sys.stdin)
keys = {f"{name}.".encode(): record.encode() for name, record in batch["keys"].items()}
how = batch["how"]


def verdict(message):
    status, _, reason = dkim.arc_verify(message, dnsfunc=lambda name, timeout=5: keys.get(name))
    return "pass" if status == b"pass" else f"{status}: {reason}"


def sealed(message):
    fields = dkim.arc_sign(
        message,
        how["selector"].encode(),
        how["domain"].encode(),
        how["pem"].encode(),
        how["authservId"].encode(),
    )
    return b"".join(fields).decode("utf-8")


json.dump(
    {
        "verdicts": [verdict(base64.b64decode(message)) for message in batch["verify"]],
        "sets": [sealed(base64.b64decode(message)) for message in batch["seal"]],
    },
    sys.stdout,
)

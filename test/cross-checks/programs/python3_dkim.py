"""Python's dkim: one JSON object in, one out. What is said here is said in ../dkim-programs.ts."""
import base64
import json
import sys

import dkim

batch = json.load(sys.stdin)
keys = {f"{name}.".encode(): record.encode() for name, record in batch["keys"].items()}


def verdicts(message):
    found = {}
    judge = dkim.DKIM(message)
    count = sum(name.lower() == b"dkim-signature" for name, _ in judge.headers)
    for index in range(count):
        judge = dkim.DKIM(message)
        try:
            verdict = judge.verify(index, dnsfunc=lambda name, timeout=5: keys.get(name))
            word = "pass" if verdict else "fail"
        except (dkim.DKIMException, TypeError, ValueError) as error:
            word = f"{type(error).__name__}: {error}"
        found[judge.signature_fields.get(b"s", b"").decode("latin-1")] = word
    return found


def signed(message, how):
    return dkim.sign(
        message,
        how["selector"].encode(),
        how["domain"].encode(),
        how["pem"].encode() if how["algorithm"] == "rsa-sha256" else how["seed"].encode(),
        canonicalize=(how["header"].encode(), how["body"].encode()),
        signature_algorithm=how["algorithm"].encode(),
    ).decode("latin-1")


json.dump(
    {
        "verdicts": [verdicts(base64.b64decode(message)) for message in batch["verify"]],
        "signatures": [
            [signed(base64.b64decode(message), how) for how in batch["how"]] for message in batch["sign"]
        ],
    },
    sys.stdout,
)

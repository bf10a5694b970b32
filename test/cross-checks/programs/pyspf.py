"""Python's spf: a list of cases as JSON in, a list of results out. Each case brings its zone."""
import json
import sys

import spf


def lookup_in(zone):
    def lookup(name, qtype, strict=True, timeout=20):
        node = zone.get(name.lower())
        if node is None:
            return []
        records = node.get(qtype, [])
        if not records and qtype in node.get("fail", {}):
            raise spf.TempError("DNS " + node["fail"][qtype])
        if qtype == "TXT":
            records = [[part.encode() for part in ([text] if isinstance(text, str) else text)] for text in records]
        elif qtype == "MX":
            records = [(priority, exchange) for priority, exchange in records]
        return [((name, qtype), record) for record in records]

    return lookup


def judged(case):
    spf.DNSLookup = lookup_in(case["zone"])
    query = spf.query(i=case["ip"], s=case["sender"], h=case["helo"], receiver=case["receiver"])
    try:
        result, _, explanation = query.check()
    except Exception as error:  # what the program trips over is an answer too
        return {"result": f"crash: {type(error).__name__}"}
    return {"result": result, "explanation": explanation}


json.dump([judged(case) for case in json.load(sys.stdin)], sys.stdout)

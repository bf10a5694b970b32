"""Python's authres: one JSON object in, one out. Fields in; their names, and methods with results, reasons and properties out."""
import json
import sys

import authres


def read(field):
    parsed = authres.AuthenticationResultsHeader.parse(field)
    return {
        "authservId": parsed.authserv_id,
        "results": [
            {
                "method": one.method,
                "result": one.result,
                "reason": one.reason,
                "properties": [[f"{prop.type}.{prop.name}", prop.value] for prop in one.properties],
            }
            for one in parsed.results
        ],
    }


json.dump([read(field) for field in json.load(sys.stdin)], sys.stdout)

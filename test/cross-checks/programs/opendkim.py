"""OpenDKIM's library, without a compiler: one JSON object in, one out. What is said here is said in ../dkim-programs.ts."""
import base64
import ctypes
import json
import sys

OK, NO_KEY, PASSED, BODY_MATCH = 0, 3, 0x04, 0
SET_OPTION, FLAGS, DELAY = 1, 0, 0x20
ALGORITHMS = {"rsa-sha256": 1, "ed25519-sha256": 2}
CANONICAL = {"simple": 0, "relaxed": 1}

library = ctypes.CDLL("libopendkim.so.11")
for function in ("dkim_init", "dkim_sign", "dkim_verify"):
    getattr(library, function).restype = ctypes.c_void_p
for function in ("dkim_sig_getselector", "dkim_sig_getdomain", "dkim_sig_geterrorstr", "dkim_getresultstr"):
    getattr(library, function).restype = ctypes.c_char_p

batch = json.load(sys.stdin)
handle = ctypes.c_void_p(library.dkim_init(None, None))

Lookup = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


def look_up(_, signature, room, size):
    selector = library.dkim_sig_getselector(ctypes.c_void_p(signature)).decode()
    domain = library.dkim_sig_getdomain(ctypes.c_void_p(signature)).decode()
    record = batch["keys"].get(f"{selector}._domainkey.{domain}")
    if record is None:
        return 1  # DKIM_CBSTAT_NOTFOUND is 3, DKIM_CBSTAT_REJECT 2; 1 asks for another day
    data = record.encode() + b"\0"
    ctypes.memmove(room, data, min(size, len(data)))
    return 0


callback = Lookup(look_up)
library.dkim_set_key_lookup(handle, callback)


def feed(dkim, message):
    """In chunks that cut lines."""
    for start in range(0, len(message), 333):
        chunk = message[start : start + 333]
        status = library.dkim_chunk(dkim, chunk, ctypes.c_size_t(len(chunk)))
        if status != OK:
            return status
    status = library.dkim_chunk(dkim, None, ctypes.c_size_t(0))
    return status if status != OK else library.dkim_eom(dkim, None)


def verdicts(message):
    status = ctypes.c_int()
    dkim = ctypes.c_void_p(library.dkim_verify(handle, b"check", None, ctypes.byref(status)))
    ended = feed(dkim, message)
    signatures = ctypes.POINTER(ctypes.c_void_p)()
    count = ctypes.c_int()
    found = {}
    library.dkim_getsiglist(dkim, ctypes.byref(signatures), ctypes.byref(count))
    for index in range(count.value):
        signature = ctypes.c_void_p(signatures[index])
        library.dkim_sig_process(dkim, signature)
        passed = library.dkim_sig_getflags(signature) & PASSED and library.dkim_sig_getbh(signature) == BODY_MATCH
        error = library.dkim_sig_geterrorstr(library.dkim_sig_geterror(signature)) or b""
        selector = library.dkim_sig_getselector(signature).decode("latin-1")
        result = library.dkim_getresultstr(ended) or b""
        found[selector] = "pass" if passed else f"{result.decode()}: {error.decode()}"
    library.dkim_free(dkim)
    return found


def signed(message, how):
    status = ctypes.c_int()
    dkim = ctypes.c_void_p(
        library.dkim_sign(
            handle,
            b"check",
            None,
            how["pem"].encode(),
            how["selector"].encode(),
            how["domain"].encode(),
            CANONICAL[how["header"]],
            CANONICAL[how["body"]],
            ALGORITHMS[how["algorithm"]],
            ctypes.c_ssize_t(-1),
            ctypes.byref(status),
        )
    )
    if not dkim:
        return f"status {status.value}"
    ended = feed(dkim, message)
    field, size = ctypes.c_char_p(), ctypes.c_size_t()
    if ended == OK:
        ended = library.dkim_getsighdr_d(dkim, ctypes.c_size_t(16), ctypes.byref(field), ctypes.byref(size))
    text = f"DKIM-Signature: {field.value.decode()}\r\n" if ended == OK else f"status {ended}"
    library.dkim_free(dkim)
    return text


json.dump(
    {
        "features": {"ed25519-sha256": bool(library.dkim_libfeature(handle, 11))},
        "verdicts": [verdicts(base64.b64decode(message)) for message in batch["verify"]],
        "signatures": [
            [signed(base64.b64decode(message), how) for how in batch["how"]] for message in batch["sign"]
        ],
    },
    sys.stdout,
)

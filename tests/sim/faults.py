"""What can go wrong with an answer. Each fault takes over one answer of one endpoint.

A fault is a dict: {"kind": word, ...options, "times": N (then it is gone; default for ever)}.
KINDS documents the words; `answer` carries one out.
"""
import asyncio
import json
import os

KINDS = {
    "delay": "answers after `ms`",
    "drip": "sends the body `step` bytes (1) every `ms` (100)",
    "hang": "takes the request and never answers",
    "hang_headers": "sends the head and then nothing",
    "hang_body": "sends half the body and then nothing",
    "close": "closes without an answer",
    "close_body": "closes in the middle of the body",
    "reset": "resets the connection",
    "invalid_json": "a body that is no JSON",
    "truncated_json": "a complete answer whose JSON is cut in half",
    "deep_json": "JSON nested `depth` (100000) deep",
    "huge": "a list of `mb` (50) megabytes",
    "endless": "a body that never ends, 64 KB at a time",
    "unknown_words": "states and health words nobody knows",
    "missing_fields": "every field but those in `keep` left out at random (`seed`)",
    "wrong_types": "numbers as text, text as numbers, lists as objects",
    "html_502": "a proxy's HTML page with 502",
    "gzip_garbage": "says gzip, sends noise",
    "bad_chunk": "a chunk size that is no number",
    "huge_header": "a header of `kb` (1024) kilobytes",
    "bad_utf8": "text with bytes that are no UTF-8 and with NUL",
    "empty": "200 with no body",
    "null": "the JSON null",
    "status": "answers `code` (500) with `message`",
}


def twist(value, how, rng):
    """`value` with the fault `how` applied all the way down."""
    if how == "wrong_types":
        if isinstance(value, dict):
            return {k: twist(v, how, rng) for k, v in value.items()}
        if isinstance(value, list):
            return {str(i): twist(v, how, rng) for i, v in enumerate(value)}
        if isinstance(value, bool):
            return "maybe"
        if isinstance(value, (int, float)):
            return "x%s" % value
        return 17
    if how == "missing_fields":
        if isinstance(value, dict):
            return {k: twist(v, how, rng) for k, v in value.items() if rng.random() < 0.6}
        if isinstance(value, list):
            return [twist(v, how, rng) for v in value]
        return value
    if isinstance(value, dict):     # unknown_words
        words = {"State": "frobnicating", "Status": "quiescing"}
        return {k: words[k] if k in words and isinstance(v, str) else
                "sparkling (health: sparkling)" if k == "Health" and isinstance(v, str) else
                twist(v, how, rng) for k, v in value.items()}
    if isinstance(value, list):
        return [twist(v, how, rng) for v in value]
    return value


def huge_list(sample, mb):
    """A JSON array of at least `mb` megabytes made of copies of one entry with other names."""
    entry = json.loads(sample)
    entry = entry[0] if isinstance(entry, list) and entry else {"Id": "0" * 64, "Names": ["/x"]}
    text = json.dumps(entry)
    name, ident = json.dumps(entry["Names"][0])[1:-1], entry["Id"]
    out, size, n = [], 0, 0
    while size < mb * 2**20:
        one = text.replace(ident, "%064x" % (n + 1)).replace(name, "/huge-%d" % n)
        out.append(one)
        size += len(one) + 1
        n += 1
    return ("[" + ",".join(out) + "]").encode()


def _body(fault, body, rng):
    """The changed body of the faults that only change the body; None if it is another sort."""
    kind = fault["kind"]
    if kind == "invalid_json":
        return b'[{"Id": nonsense, }, \x01 <<<'
    if kind == "truncated_json":
        return body[:max(1, len(body) // 2)]
    if kind == "deep_json":
        depth = int(fault.get("depth", 100000))
        return b"[" * depth + b"]" * depth
    if kind == "huge":
        return huge_list(body, float(fault.get("mb", 50)))
    if kind in ("unknown_words", "missing_fields", "wrong_types"):
        rng.seed(fault.get("seed", 1))
        return json.dumps(twist(json.loads(body), kind, rng)).encode()
    if kind == "bad_utf8":
        return body.replace(b'"Image":"', b'"Image":"\xff\xfe\xc3(\\u0000\x80')
    return {"empty": b"", "null": b"null"}.get(kind)


async def _drip(connection, head, body, step, ms):
    connection.write(head)
    for at in range(0, len(body), step):
        if connection.closed:
            return
        connection.write(body[at:at + step])
        await asyncio.sleep(ms / 1000)
    connection.done()


async def _endless(connection):
    block = b'{"Id":"' + b"0" * 65000 + b'"},'
    while not connection.closed:
        if connection.transport.get_write_buffer_size() < 1 << 20:
            connection.chunk(block)
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(0.01)


def answer(fault, connection, code, body, headers, rng):
    """Answer with the fault in the place of a plain connection.respond(code, body, headers)."""
    loop = asyncio.get_running_loop()
    kind = fault["kind"]
    full = connection.head(code, [*headers, ("Content-Length", len(body))])
    changed = _body(fault, body, rng)
    if changed is not None:
        connection.respond(code, changed, headers)
    elif kind == "delay":
        loop.call_later(float(fault.get("ms", 1000)) / 1000, connection.respond, code, body, headers)
    elif kind == "drip":
        loop.create_task(_drip(connection, full, body, int(fault.get("step", 1)), float(fault.get("ms", 100))))
    elif kind == "hang":
        pass
    elif kind == "hang_headers":
        connection.write(full)
    elif kind in ("hang_body", "close_body"):
        connection.write(full + body[:len(body) // 2])
        if kind == "close_body":
            connection.close()
    elif kind == "close":
        connection.close()
    elif kind == "reset":
        connection.reset()
    elif kind == "endless":
        connection.start_chunks(200, headers)
        loop.create_task(_endless(connection))
    elif kind == "html_502":
        connection.respond(502, b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center>"
                           b"<h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n"
                           b"</body>\r\n</html>\r\n", [("Content-Type", "text/html")])
    elif kind == "gzip_garbage":
        connection.respond(code, os.urandom(1500), [*headers, ("Content-Encoding", "gzip")])
    elif kind == "bad_chunk":
        connection.start_chunks(code, headers)
        connection.write(b"zz;nope\r\n" + body + b"\r\n0\r\n\r\n")
        connection.close()
    elif kind == "huge_header":
        connection.respond(code, body, [*headers, ("X-Large", "x" * (int(fault.get("kb", 1024)) << 10))])
    elif kind == "status":
        text = json.dumps({"message": fault.get("message", "something broke inside the engine")}) + "\n"
        connection.respond(int(fault.get("code", 500)), text.encode(), headers)
    else:
        raise KeyError(kind)

"""What a page says in a text browser."""
import subprocess


def dump(reply, columns=120):
    """`w3m -dump` of a page that was fetched with cookies; its lines."""
    done = subprocess.run(["w3m", "-dump", "-T", "text/html", "-cols", str(columns), "-I", "UTF-8", "-O", "UTF-8"],
                          input=reply.body, capture_output=True, check=True)
    return done.stdout.decode("utf-8").split("\n")


def visit(client, path, columns=120):
    """The same with w3m itself going there, cookies by -header; its lines."""
    full = client.full(path)
    cookie = client.headers(full).get("Cookie", "")
    url = client.origin.replace("127.0.0.1", "localhost") + full     # w3m knows no addresses in certificates
    done = subprocess.run(["w3m", "-dump", "-cols", str(columns), "-I", "UTF-8", "-O", "UTF-8", "-o",
                           "ssl_verify_server=0", "-header", "Cookie: " + cookie, url],
                          capture_output=True, check=True, timeout=30)
    return done.stdout.decode("utf-8").split("\n")

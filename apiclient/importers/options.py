"""curl's options: their short names, those that change nothing here, and those that no call could keep."""

SHORT = {
    "X": "request", "H": "header", "d": "data", "u": "user", "A": "user-agent", "e": "referer", "b": "cookie",
    "m": "max-time", "o": "output", "F": "form", "T": "upload-file", "x": "proxy", "E": "cert", "K": "config",
    "w": "write-out", "D": "dump-header", "c": "cookie-jar", "r": "range", "Y": "speed-limit", "y": "speed-time",
    "k": "insecure", "L": "location", "G": "get", "I": "head", "s": "silent", "S": "show-error", "i": "include",
    "v": "verbose", "f": "fail", "g": "globoff", "N": "no-buffer", "O": "remote-name", "0": "http1.0", "4": "ipv4",
    "6": "ipv6", "#": "progress-bar", "J": "remote-header-name", "n": "netrc", "q": "disable",
    "j": "junk-session-cookies",
}  # fmt: skip
HARMLESS = frozenset(
    {
        "basic", "compressed", "create-dirs", "disable", "fail", "fail-early", "fail-with-body", "globoff", "http1.0",
        "http1.1", "http2", "http2-prior-knowledge", "http3", "include", "ipv4", "ipv6", "junk-session-cookies",
        "no-buffer", "no-keepalive", "no-progress-meter", "no-sessionid", "path-as-is", "progress-bar",
        "remote-header-name", "remote-name", "retry-all-errors", "retry-connrefused", "show-error", "show-headers",
        "silent", "ssl-no-revoke", "tcp-nodelay", "tlsv1", "tlsv1.2", "tlsv1.3", "trace-time", "verbose",
    }
)  # fmt: skip
"""What changes how curl works or talks, and nothing of the request that people would miss."""
HARMLESS_WITH_VALUE = frozenset(
    {
        "connect-timeout", "cookie-jar", "dump-header", "expect100-timeout", "keepalive-time", "limit-rate",
        "max-filesize", "max-redirs", "output", "output-dir", "proto", "proto-default", "proto-redir", "retry",
        "retry-delay", "retry-max-time", "speed-limit", "speed-time", "stderr", "tls-max", "trace", "trace-ascii",
        "write-out",
    }
)  # fmt: skip
REFUSED = {
    "form": "sends a form in parts, often with files, which no call can. Send the body with --data-raw instead.",
    "form-string": "sends a form in parts, which no call can. Send the body with --data-raw instead.",
    "upload-file": "sends a file, and no file can be read here. Paste its text with --data-raw.",
    "proxy": "goes through a proxy. Give the proxy to the service instead.",
    "cert": "reads a client certificate from a file. Put it into a secret, and choose it as the service's auth.",
    "key": "reads a key from a file. Put it into a secret, and choose it as the service's auth.",
    "config": "reads options from a file, and no file can be read here. Write them out.",
    "netrc": "reads a password from a file, and no file can be read here. Use -u.",
    "resolve": "changes how the name is looked up, which no call can.",
    "connect-to": "connects to another server than the URL names, which no call can.",
    "unix-socket": "calls a local socket, which no call can.",
    "next": "begins another request. Paste one at a time.",
    "digest": "signs in with Digest. Choose it as the auth of the service, with a secret.",
    "ntlm": "signs in with NTLM, which no call can.",
    "negotiate": "signs in with Kerberos, which no call can.",
    "aws-sigv4": "signs each request anew. Choose it as the auth of the service, with secrets.",
}
SIGNED = frozenset({"digest", "aws-sigv4"})
"""Refused only where one request is read, without a service to keep the secret for."""
WRITTEN_ANEW = frozenset({"content-length", "transfer-encoding", "accept-encoding", "connection"})
"""What browsers copy along although each request has its own."""

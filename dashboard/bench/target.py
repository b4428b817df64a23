"""The server that the bench calls: answers 200 to anything and closes, or never answers what asks for /hang.

One thread, one poll, no parsing. `python -m dashboard.bench.target [CERTIFICATE KEY]` prints its port; it ends with
its parent.
"""

import os
import select
import socket
import ssl
import sys
import time

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
HANGING = b"GET /hang"
BACKLOG = 8192
GATHER = 0.001
"""So long it lets its clients work before it looks: to wake it for every packet would cost them as much as the call."""


def serve(listener: socket.socket, context: ssl.SSLContext | None = None) -> None:
    """Until the parent process ends."""
    parent, waiting = os.getppid(), dict[int, socket.socket]()
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    while os.getppid() == parent:
        time.sleep(GATHER)
        for descriptor, _ in poll.poll(1.0):
            if descriptor == listener.fileno():
                accept_all(listener, poll, waiting, context)
            elif not is_open(waiting[descriptor]):
                poll.unregister(descriptor)
                waiting.pop(descriptor).close()


def accept_all(
    listener: socket.socket, poll: select.epoll, waiting: dict[int, socket.socket], context: ssl.SSLContext | None
) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return
        connection.setblocking(False)
        if context:
            connection = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        if is_open(connection):
            waiting[connection.fileno()] = connection
            poll.register(connection, select.EPOLLIN)
        else:
            connection.close()


def is_open(connection: socket.socket) -> bool:
    """Answer what has arrived; whether there is more to come."""
    try:
        asked = connection.recv(4096)
        if asked and not asked.startswith(HANGING):
            connection.send(ANSWER)
            return False
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    return bool(asked)


def main(arguments: list[str]) -> None:
    context = None
    if arguments:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments)
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    listener.setblocking(False)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    serve(listener, context)


if __name__ == "__main__":
    main(sys.argv[1:])

"""The server that the bench calls: answers 200 to anything and closes. One thread, one poll, no parsing.

`python -m dashboard.bench.target` prints its port; it ends with its parent.
"""

import os
import select
import socket
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
BACKLOG = 8192


def serve(listener: socket.socket) -> None:
    """Until the parent process ends."""
    parent, open_sockets = os.getppid(), {listener.fileno(): listener}
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    while os.getppid() == parent:
        for descriptor, _ in poll.poll(1.0):
            if descriptor == listener.fileno():
                accept_all(listener, poll, open_sockets)
            else:
                poll.unregister(descriptor)
                answer(open_sockets.pop(descriptor))


def accept_all(listener: socket.socket, poll: select.epoll, open_sockets: dict[int, socket.socket]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return
        connection.setblocking(False)
        if not answer(connection):
            open_sockets[connection.fileno()] = connection
            poll.register(connection, select.EPOLLIN)


def answer(connection: socket.socket) -> bool:
    """Answer and close; False when the request has not arrived yet."""
    try:
        if connection.recv(4096):
            connection.send(ANSWER)
    except BlockingIOError:
        return False
    except OSError:
        pass
    connection.close()
    return True


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    listener.setblocking(False)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    serve(listener)


if __name__ == "__main__":
    main()

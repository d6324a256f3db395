"""Those who take more than their share: many sockets that one thread drives.

Each asker has a connection from an address of its own choice and a text that it sends again and
again without waiting for answers; it reads them, or does not. What it was answered is counted."""
import collections
import selectors
import socket
import threading

STATUS_AT = slice(9, 12)  # of "HTTP/1.1 200 OK"
PIECE = 1 << 16
BUFFERED_MAX = 1 << 16  # unsent bytes of a connection


def address(number):
    """127.0.0.2 and up."""
    return f"127.0.{(number + 2) // 250}.{(number + 2) % 250 + 1}"


class Asker:
    """One connection. `reads` False: it takes nothing of what it is answered."""

    def __init__(self, port, text, source=None, reads=True, times=None):
        self.text = text
        self.reads = reads
        self.left = times  # how often the text is still sent; None: for ever
        self.received = b""
        self.unsent = b""
        self.socket = socket.socket()
        if not reads:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        if source:
            self.socket.bind((source, 0))
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)

    def wants_to_send(self):
        return bool(self.unsent) or self.left is None or self.left > 0

    def send(self):
        while self.wants_to_send() and len(self.unsent) < BUFFERED_MAX:
            if self.left is not None:
                if self.left == 0:
                    break
                self.left -= 1
            self.unsent += self.text
        sent = self.socket.send(self.unsent)
        self.unsent = self.unsent[sent:]

    def receive(self):
        """The statuses of the answers that are whole now; None when the connection has ended."""
        part = self.socket.recv(PIECE)
        if not part:
            return None
        self.received += part
        return list(self.whole_answers())

    def whole_answers(self):
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15:].split(b"\r\n")[0]) if at >= 0 else 0
            if len(self.received) < end + 4 + length:
                return
            status = int(self.received[STATUS_AT])
            self.received = self.received[end + 4 + length:]
            yield status


class Crowd:
    """Askers on one thread until `stop`. Whoever is hung up on comes back, if `persistent`."""

    def __init__(self, make_asker, count, persistent=True):
        self.make_asker = make_asker
        self.count = count
        self.persistent = persistent
        self.statuses = collections.Counter()
        self.ended = 0
        self.silent = []  # those who have asked all and read nothing; they stay
        self.selector = selectors.DefaultSelector()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.drive, daemon=True)
        self.fault = None

    def __enter__(self):
        for number in range(self.count):
            self.join(number)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        for asker in self.silent:
            asker.socket.close()
        self.selector.close()

    def join(self, number):
        asker = self.make_asker(number)
        self.selector.register(asker.socket, self.events_of(asker), (number, asker))

    @staticmethod
    def events_of(asker):
        wanted = selectors.EVENT_WRITE if asker.wants_to_send() else 0
        return wanted | (selectors.EVENT_READ if asker.reads or not wanted else 0)

    def drive(self):
        try:
            while not self.stopping.is_set():
                for key, events in self.selector.select(0.05):
                    self.serve(key, events)
        except Exception as fault:  # a thread's end must not pass for a quiet crowd
            self.fault = fault

    def serve(self, key, events):
        number, asker = key.data
        try:
            if events & selectors.EVENT_WRITE:
                asker.send()
            if events & selectors.EVENT_READ and asker.reads:
                statuses = asker.receive()
                if statuses is None:
                    raise ConnectionResetError
                self.statuses.update(statuses)
            elif events & selectors.EVENT_READ:  # only to learn of the end
                self.selector.unregister(asker.socket)
                self.silent.append(asker)
                return
            self.selector.modify(asker.socket, self.events_of(asker), key.data)
        except BlockingIOError:
            pass
        except OSError:
            self.ended += 1
            self.selector.unregister(asker.socket)
            asker.socket.close()
            if self.persistent:
                self.come_back(number)

    def come_back(self, number):
        try:
            self.join(number)
        except OSError:
            pass  # it is not let in again now

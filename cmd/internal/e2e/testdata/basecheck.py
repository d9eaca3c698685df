"""The base check of a bulk mail that no stock tool makes.

Reads the mails named on the command line with Debian's email package, tests
their octets and header fields, and prints a line for each fault. Exits 1 when
there was one.
"""
import email
import email.policy
import email.utils
import html.parser
import re
import sys

ONCE = ("date from to subject message-id mime-version content-type list-id "
        "list-unsubscribe list-unsubscribe-post").split()
SIGNED = ("from to reply-to subject date message-id mime-version content-type list-id "
          "list-unsubscribe list-unsubscribe-post").split()
OVERSIGNED = ("from to cc reply-to subject date message-id sender mime-version content-type "
              "list-unsubscribe list-unsubscribe-post").split()
NEVER = ("return-path received bcc sender x-mailer user-agent "
         "disposition-notification-to x-originating-ip").split()


class Links(html.parser.HTMLParser):
    """Collects the addresses of all links of a page, and what it loads."""

    def __init__(self):
        super().__init__()
        self.links, self.loads = [], []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "href" and tag == "a":
                self.links.append(value)
            elif name in ("src", "srcset", "background", "href"):
                self.loads.append(f"{tag} {name}={value}")


def octets(raw):
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield "a bare CR or LF"
    if b"\0" in raw:
        yield "a NUL"
    if not raw.endswith(b"\r\n"):
        yield "no CRLF at the end"
    if re.search(rb"[\x80-\xff]", raw):
        yield "an octet above 127"
    longest = max(map(len, raw.split(b"\r\n")))
    if longest > 998:
        yield f"a line of {longest} octets"


def header(raw, message, issue):
    head = raw.split(b"\r\n\r\n")[0]
    names = [n.lower().decode() for n in re.findall(rb"(?m)^([!-9;-~]+):", head)]
    for name in sorted(set(names) - {"dkim-signature"}):
        if names.count(name) > 1:
            yield f"{name} stands {names.count(name)} times"
    wanted = ONCE if issue else [n for n in ONCE if not n.startswith("list-unsub")]
    for name in wanted:
        if name not in names:
            yield f"no {name}"
    for name in NEVER:
        if name in names:
            yield f"{name} stands in it"
    if not re.search(rb"(?mi)^list-id:[^\r\n]*<[a-z0-9.-]+\.[a-z0-9.-]+>\r?$", head):
        yield "List-Id is not a name in angle brackets at the end of one line"
    if re.search(rb"(?m)^[!-9;-~]+:\r\n", head):
        yield "a field's value begins on the next line"
    if len(message["to"].addresses) != 1:
        yield f"To is {message['to']}"
    if len(message["from"].addresses) != 1:
        yield f"From is {message['from']}"
    if issue and not re.search(rb"(?m)^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$", head):
        yield "List-Unsubscribe-Post is not the one line of RFC 8058"
    if not issue and message["auto-submitted"] != "auto-generated":
        yield "what is not an issue must be Auto-Submitted: auto-generated"
    if email.utils.parsedate_to_datetime(str(message["date"])).tzinfo is None:
        yield "Date has no zone"


def signatures(raw, message):
    head = raw.split(b"\r\n\r\n")[0]
    names = [n.lower().decode() for n in re.findall(rb"(?m)^([!-9;-~]+):", head)]
    all = message.get_all("dkim-signature", [])
    tags = [{k.strip(): re.sub(r"\s", "", v) for k, _, v in (t.partition("=") for t in str(s).split(";"))} for s in all]
    if tags and sorted(tag["a"] for tag in tags) != ["ed25519-sha256", "rsa-sha256"]:
        yield f"it is signed with {[tag['a'] for tag in tags]}"
    for tag in tags:
        where, h = f"the signature {tag['s']}", tag["h"].lower().split(":")
        if "l" in tag or "t" not in tag or tag["c"] != "relaxed/relaxed":
            yield f"{where} has l=, or no t=, or is not relaxed: {tag}"
        if "x" in tag and int(tag["x"]) < int(tag["t"]) + 7 * 86400:
            yield f"{where} holds for less than a week"
        if tag["d"] != message["from"].addresses[0].domain:
            yield f"{where} is that of {tag['d']}"
        for name in SIGNED:
            if h.count(name) < names.count(name):
                yield f"{where} does not cover {name}"
        for name in OVERSIGNED:
            if h.count(name) != names.count(name) + 1:
                yield f"{where} lets another {name} be added"
        for name in ("return-path", "received", "dkim-signature"):
            if name in h:
                yield f"{where} covers {name}"


def defects(message):
    for part in message.walk():
        for defect in part.defects:
            yield f"{part.get_content_type()}: {defect!r}"
        for name, value in part.items():
            for defect in getattr(value, "defects", ()):
                yield f"{name}: {defect!r}"


def parts(message, issue):
    kinds = [p.get_content_type() for p in message.iter_parts()]
    if message.get_content_type() != "multipart/alternative" or kinds != ["text/plain", "text/html"]:
        yield f"it is {message.get_content_type()} of {kinds}"
        return
    text, page = (p.get_content() for p in message.iter_parts())
    for name, content in (("text", text), ("HTML", page)):
        for damage in re.findall("\ufffd|[\x80-\x9f]|\u0e42|\u00e2\u20ac|=[0-9A-F]{2}=[0-9A-F]{2}", content):
            yield f"the {name} part holds {damage!r}"
        if "jze4hwlxygo2dtjd" in content:
            yield f"the {name} part holds a place that was not filled in"
    parser = Links()
    parser.feed(page)
    if parser.loads:
        yield f"the HTML part loads {parser.loads}"
    plain = re.findall(r"https?://\S+", text)
    if set(parser.links) - {l for l in parser.links if l.startswith("mailto:")} != set(plain):
        yield f"links of one part alone: {set(parser.links) ^ set(plain)}"
    if issue:
        target = re.search("<(http[^>]+)>", str(message["list-unsubscribe"])).group(1)
        if target not in parser.links or target not in plain:
            yield "List-Unsubscribe is not in both parts"
    if max(map(len, (l for l in text.splitlines() if "://" not in l))) > 78:
        yield "a line of the text part is longer than 78"
    if len(page.encode()) > 95_000:
        yield f"the HTML part has {len(page.encode())} octets"


def check(path):
    with open(path, "rb") as f:
        raw = f.read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    issue = message["list-unsubscribe"] is not None
    for found in (octets(raw), header(raw, message, issue), signatures(raw, message), defects(message), parts(message, issue)):
        for fault in found:
            yield f"{path}: {fault}"
    ids.setdefault(str(message["message-id"]), []).append(path)


ids = {}
faults = [fault for path in sys.argv[1:] for fault in check(path)]
faults += [f"{paths[0]} and {len(paths) - 1} more share Message-ID {i}" for i, paths in ids.items() if len(paths) > 1]
print("\n".join(faults))
print(f"{len(sys.argv) - 1} mails, {len(faults)} faults")
sys.exit(1 if faults or len(sys.argv) < 2 else 0)

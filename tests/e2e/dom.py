"""A small tree of an HTML page, enough to ask for forms, rows and words."""
import html.parser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
        "path", "circle", "polyline", "rect", "use", "line"}
CLOSES = {"li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "option": {"option"}, "tr": {"tr", "td", "th"},
          "td": {"td", "th"}, "th": {"td", "th"}, "tbody": {"thead", "tbody", "tr", "td", "th"}, "p": {"p"}}
SILENT = {"script", "style", "svg", "template", "noscript", "title", "head"}


class Node:
    """An element. `get` asks for an attribute, `find`/`all` for elements below, `text` for the words."""

    def __init__(self, tag, attrs, parent):
        self.tag, self.attrs, self.parent, self.children = tag, dict(attrs), parent, []

    def get(self, name, default=None):
        return self.attrs.get(name, default)

    @property
    def classes(self):
        return (self.attrs.get("class") or "").split()

    def walk(self):
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()

    def all(self, tag=None, cls=None, **attrs):
        """All elements below that match; an attribute value True means: is there."""
        def match(n):
            return (tag is None or n.tag == tag) and (cls is None or cls in n.classes) and all(
                k in n.attrs if v is True else n.attrs.get(k) == v
                for k, v in ((k.rstrip("_").replace("_", "-"), v) for k, v in attrs.items()))
        return [n for n in self.walk() if match(n)]

    def find(self, tag=None, cls=None, **attrs):
        found = self.all(tag, cls, **attrs)
        return found[0] if found else None

    def by_id(self, ident):
        return self.find(id=ident)

    @property
    def text(self):
        """The words, spaces collapsed, without what is not shown (scripts, drawings, noscript)."""
        out = []

        def gather(node):
            for child in node.children:
                if isinstance(child, str):
                    out.append(child)
                elif child.tag not in SILENT:
                    if child.tag in ("u", "small", "br", "p", "div", "li", "td", "th", "dd", "dt", "h1", "h2", "h3"):
                        out.append(" ")
                    gather(child)
                    if child.tag not in ("a", "b", "i", "em", "strong", "span", "code"):
                        out.append(" ")
        gather(self)
        return " ".join("".join(out).split())


class Builder(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("#document", {}, None)
        self.unclosed = []

    def handle_starttag(self, tag, attrs):
        while self.at.tag in CLOSES.get(tag, ()):
            self.at = self.at.parent
        node = Node(tag, [(k, "" if v is None else v) for k, v in attrs], self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag, attrs):
        self.at.children.append(Node(tag, [(k, v or "") for k, v in attrs], self.at))

    def handle_endtag(self, tag):
        node = self.at
        while node and node.tag != tag:
            node = node.parent
        if node is None:
            if tag not in VOID:
                self.unclosed.append("</%s> closes nothing" % tag)
            return
        self.at = node.parent

    def handle_data(self, data):
        self.at.children.append(data)


def parse(text):
    builder = Builder()
    builder.feed(text)
    builder.close()
    builder.root.problems = builder.unclosed
    return builder.root


def rows(node):
    """[{header: cell text, "#": the tr}] of all tables below `node`, by the column headers."""
    out = []
    for table in node.all("table"):
        head = [th.text for tr in table.all("tr") for th in tr.all("th") if th.get("scope") != "row"]
        for tr in table.all("tr"):
            cells = [c for c in tr.children if isinstance(c, Node) and c.tag in ("td", "th")]
            if cells and any(c.tag == "td" for c in cells):
                row = dict(zip(head, (c.text for c in cells)))
                row["#"] = tr
                out.append(row)
    return out


def fields(form):
    """{name: value} as a browser would send the untouched form."""
    out = {}
    for n in form.walk():
        name = n.get("name")
        if not name or "disabled" in n.attrs:
            continue
        if n.tag == "input" and n.get("type") not in ("submit", "button", "image", "file"):
            if n.get("type") not in ("checkbox", "radio") or "checked" in n.attrs:
                out[name] = n.get("value", "on" if n.get("type") == "checkbox" else "")
        elif n.tag == "textarea":
            out[name] = n.text
        elif n.tag == "select":
            options = n.all("option")
            chosen = [o for o in options if "selected" in o.attrs] or options[:1]
            if chosen:
                out[name] = chosen[0].get("value", chosen[0].text)
    return out

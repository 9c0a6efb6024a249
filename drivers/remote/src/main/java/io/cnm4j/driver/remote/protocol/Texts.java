package io.cnm4j.driver.remote.protocol;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import java.util.Optional;

/** Values that travel as text. */
final class Texts {
    private Texts() {}

    static IpPrefix prefix(Fields fields, String name, String text) {
        try {
            return IpPrefix.parse(text);
        } catch (CnmException unreadable) {
            throw fields.wrong(name, "an address with a prefix length", text);
        }
    }

    static Optional<IpPrefix> optionalPrefix(Fields fields, String name) {
        String text = fields.text(name);
        return text.isEmpty() ? Optional.empty() : Optional.of(prefix(fields, name, text));
    }

    static Optional<IpAddress> optionalAddress(Fields fields, String name) {
        String text = fields.text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (CnmException unreadable) {
            throw fields.wrong(name, "an address", text);
        }
    }

    static Optional<MacAddress> optionalMac(Fields fields, String name) {
        String text = fields.text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(MacAddress.parse(text));
        } catch (CnmException unreadable) {
            throw fields.wrong(name, "a hardware address", text);
        }
    }
}

package io.cnm4j.driver.macvlan;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.InterfaceNames;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads from text what macvlan and ipvlan networks have in common. */
final class ParentOptions {
    /** The label of the parent's name. */
    static final String PARENT = "parent";

    /** The label of the MTU of children. */
    static final String MTU = "com.docker.network.driver.mtu";

    private final Map<String, String> options;

    ParentOptions(Map<String, String> options) {
        this.options = options;
    }

    Optional<String> text(String label) {
        return Optional.ofNullable(options.get(label)).filter(value -> !value.isEmpty());
    }

    Optional<String> parent() {
        Optional<String> parent = text(PARENT);
        parent.ifPresent(name -> {
            try {
                InterfaceNames.check(name);
            } catch (InvalidRequestException e) {
                throw new InvalidRequestException("option " + PARENT + "='" + name + "': " + e.getMessage());
            }
        });
        return parent;
    }

    int mtu() {
        String value = options.getOrDefault(MTU, "0");
        try {
            int mtu = Integer.parseInt(value);
            if (mtu == 0 || (mtu >= 68 && mtu <= 65535)) {
                return mtu;
            }
        } catch (NumberFormatException e) {
            throw wrong(MTU, value, "a number of octets");
        }
        throw wrong(MTU, value, "68 to 65535, or 0 for that of the parent");
    }

    boolean flag(String label) {
        String value = options.getOrDefault(label, "false");
        if (!value.equals("true") && !value.equals("false")) {
            throw wrong(label, value, "true or false");
        }
        return value.equals("true");
    }

    /** Returns the constant that a word of ip-link(8) names. VL-02 */
    <E extends Enum<E>> E word(String label, Class<E> type, E usual) {
        String value = text(label).orElse(usual.name()).toLowerCase(Locale.ROOT);
        var words = new java.util.ArrayList<String>();
        for (E constant : type.getEnumConstants()) {
            String word = constant.name().toLowerCase(Locale.ROOT);
            if (word.equals(value)) {
                return constant;
            }
            words.add(word);
        }
        throw wrong(label, text(label).orElse(""), "one of " + words);
    }

    static InvalidRequestException wrong(String label, String value, String right) {
        return new InvalidRequestException("option " + label + "='" + value + "' must be " + right);
    }
}

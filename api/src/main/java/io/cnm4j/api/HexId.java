package io.cnm4j.api;

import io.cnm4j.api.error.InvalidRequestException;
import java.util.regex.Pattern;

/** The form all ids share. */
final class HexId {
    static final int SHORT = 12;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    private HexId() {}

    static void check(String what, String value) {
        if (!FORM.matcher(value).matches()) {
            throw new InvalidRequestException(what + " id must be 64 lower-case hex digits, got '" + value + "'");
        }
    }
}

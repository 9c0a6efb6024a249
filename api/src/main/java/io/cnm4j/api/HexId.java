package io.cnm4j.api;

import io.cnm4j.api.error.InvalidRequestException;

/** The form all ids share. */
final class HexId {
    static final int SHORT = 12;
    private static final int LENGTH = 64;

    private HexId() {}

    static void check(String what, String value) {
        boolean sound = value.length() == LENGTH;
        for (int i = 0; sound && i < LENGTH; i++) {
            char digit = value.charAt(i);
            sound = (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
        }
        if (!sound) {
            throw new InvalidRequestException(what + " id must be 64 lower-case hex digits, got '" + value + "'");
        }
    }
}

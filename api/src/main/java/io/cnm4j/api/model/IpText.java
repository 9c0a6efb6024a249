package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;

/** Text of addresses, strict on the way in (RFC 4291 section 2.2), canonical on the way out (RFC 5952). */
final class IpText {
    private static final int GROUPS = 8;

    private IpText() {}

    static IpAddress parse(String text) {
        try {
            return text.indexOf(':') >= 0 ? parse6(text) : IpAddress.ipv4(parse4(text));
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("'" + text + "' is not an IP address; write it like 10.0.0.1 or fd00::1");
        }
    }

    private static int parse4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            throw new NumberFormatException();
        }
        int bits = 0;
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || (part.length() > 1 && part.charAt(0) == '0')) {
                throw new NumberFormatException();
            }
            bits = bits << 8 | digits(part, 10, 255);
        }
        return bits;
    }

    private static IpAddress parse6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            throw new NumberFormatException();
        }
        int[] head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        int[] tail = gap < 0 ? new int[0] : groups(text.substring(gap + 2), true);
        int missing = GROUPS - head.length - tail.length;
        if (gap < 0 ? missing != 0 : missing < 1) {
            throw new NumberFormatException();
        }
        int[] all = new int[GROUPS];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(tail, 0, all, GROUPS - tail.length, tail.length);
        return IpAddress.ipv6(word(all, 0), word(all, 4));
    }

    private static int[] groups(String text, boolean mayEndInIpv4) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        boolean quad = mayEndInIpv4 && parts[parts.length - 1].indexOf('.') >= 0;
        int[] groups = new int[parts.length + (quad ? 1 : 0)];
        for (int i = 0; i < parts.length - (quad ? 1 : 0); i++) {
            if (parts[i].isEmpty() || parts[i].length() > 4) {
                throw new NumberFormatException();
            }
            groups[i] = digits(parts[i], 16, 0xffff);
        }
        if (quad) {
            int bits = parse4(parts[parts.length - 1]);
            groups[groups.length - 2] = bits >>> 16;
            groups[groups.length - 1] = bits & 0xffff;
        }
        return groups;
    }

    private static int digits(String text, int radix, int max) {
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                throw new NumberFormatException();
            }
            value = value * radix + digit;
        }
        if (value > max) {
            throw new NumberFormatException();
        }
        return value;
    }

    private static long word(int[] groups, int from) {
        return (long) groups[from] << 48
                | (long) groups[from + 1] << 32
                | (long) groups[from + 2] << 16
                | groups[from + 3];
    }

    static String format(IpAddress address) {
        if (address.family() == Family.IPV4) {
            long bits = address.low();
            return (bits >> 24) + "." + (bits >> 16 & 255) + "." + (bits >> 8 & 255) + "." + (bits & 255);
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (int) ((i < 4 ? address.high() : address.low()) >>> (16 * (3 - i % 4))) & 0xffff;
        }
        int gap = longestZeroRun(groups);
        int length = gap < 0 ? 0 : runLength(groups, gap);
        var text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == gap) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    private static int longestZeroRun(int[] groups) {
        int best = -1;
        int bestLength = 1; // RFC 5952 section 4.2.2: one group alone is not shortened
        for (int i = 0; i < GROUPS; i++) {
            int length = runLength(groups, i);
            if (length > bestLength) {
                best = i;
                bestLength = length;
            }
        }
        return best;
    }

    private static int runLength(int[] groups, int from) {
        int end = from;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - from;
    }
}

package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;

/**
 * Ports one after the other; its text is {@code 80} or {@code 8000-8010}.
 *
 * @param first the first, 1 to 65535
 * @param last the last, not below the first
 */
public record PortRange(int first, int last) {
    private static final int HIGHEST = 65535;

    /** Refuses ports that cannot be. */
    public PortRange {
        if (first < 1 || last > HIGHEST || first > last) {
            throw new InvalidRequestException("ports " + first + " to " + last + " are no range within 1 to " + HIGHEST
                    + "; give the lower one first");
        }
    }

    /** Returns the range of one port. */
    public static PortRange of(int port) {
        return new PortRange(port, port);
    }

    /**
     * Returns the range of this text.
     *
     * @throws InvalidRequestException if it is none
     */
    public static PortRange parse(String text) {
        int dash = text.indexOf('-');
        return dash < 0
                ? of(port(text, text))
                : new PortRange(port(text.substring(0, dash), text), port(text.substring(dash + 1), text));
    }

    private static int port(String digits, String text) {
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidRequestException(
                    "'" + text + "' is no port and no range of ports, such as 80 or 8000-8010");
        }
        return Integer.parseInt(digits);
    }

    /** Returns how many ports it has. */
    public int count() {
        return last - first + 1;
    }

    /** Returns the port {@code index} places after the first. */
    public int at(int index) {
        return first + index;
    }

    /** Tells whether this has a port in common with another range. */
    public boolean overlaps(PortRange other) {
        return first <= other.last && other.first <= last;
    }

    /** Tells whether all ports of another range are among this one's. */
    public boolean contains(PortRange other) {
        return first <= other.first && other.last <= last;
    }

    @Override
    public String toString() {
        return first == last ? String.valueOf(first) : first + "-" + last;
    }
}

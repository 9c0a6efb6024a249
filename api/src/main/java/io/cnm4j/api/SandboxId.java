package io.cnm4j.api;

/**
 * Identity of a sandbox.
 *
 * @param value 64 lower-case hex digits
 */
public record SandboxId(String value) {
    /** Refuses anything but 64 lower-case hex digits. */
    public SandboxId {
        HexId.check("sandbox", value);
    }

    /** Returns the first 12 digits: the form people read, and names of kernel objects carry. */
    public String shortForm() {
        return value.substring(0, HexId.SHORT);
    }

    /** Returns the whole value. */
    @Override
    public String toString() {
        return value;
    }
}

package io.cnm4j.spi.host;

/**
 * What a call of the executor came to.
 *
 * @param operations how many operations of the plan were carried out
 * @param writes how many times the kernel was asked to change something
 */
public record Receipt(int operations, int writes) {
    /** Nothing was done. */
    public static final Receipt NOTHING = new Receipt(0, 0);

    /** Returns what this call and the next one came to. */
    public Receipt and(Receipt next) {
        return new Receipt(operations + next.operations, writes + next.writes);
    }
}

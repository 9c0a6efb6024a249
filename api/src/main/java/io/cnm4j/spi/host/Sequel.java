package io.cnm4j.spi.host;

import io.cnm4j.spi.plan.Plan;

/**
 * What follows the beginning of a plan: worked out while the kernel is busy with that.
 *
 * @param rest made next, and undone with the beginning if anything fails
 * @param ensured needs nothing of the rest, and of the beginning nothing but namespaces, so it is made true beside them, or last; what was
 *     made of it stays whatever fails
 */
public record Sequel(Plan rest, Plan ensured) {
    /** Nothing follows. */
    public static final Sequel NONE = new Sequel(Plan.EMPTY, Plan.EMPTY);
}

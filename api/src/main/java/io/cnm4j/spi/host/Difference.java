package io.cnm4j.spi.host;

import io.cnm4j.spi.plan.KernelOp;

/**
 * One thing of a plan that is not so in the kernel.
 *
 * @param kind in what way
 * @param op the operation that would be needed
 * @param detail what was expected and what was found
 */
public record Difference(Kind kind, KernelOp op, String detail) {
    /** In what way. */
    public enum Kind {
        /** It is not there. */
        MISSING,
        /** It is there, with other attributes. */
        DIFFERENT,
        /** Something without our mark has its name. */
        FOREIGN
    }
}

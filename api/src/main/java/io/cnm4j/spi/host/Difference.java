package io.cnm4j.spi.host;

import io.cnm4j.spi.plan.KernelOp;

/**
 * One thing of a plan that is not so in the kernel.
 *
 * @param kind in what way
 * @param op the operation that would be needed, or for an extra the one that could have made it
 * @param detail what was expected and what was found
 */
public record Difference(Kind kind, KernelOp op, String detail) {
    /** In what way. */
    public enum Kind {
        /** It is not there. */
        MISSING,
        /** It is there, with other attributes. */
        DIFFERENT,
        /** It is there on an object of the plan and the plan has no such operation. */
        EXTRA,
        /** Something without our mark has its name. */
        FOREIGN
    }
}

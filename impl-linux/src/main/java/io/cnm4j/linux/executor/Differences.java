package io.cnm4j.linux.executor;

import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import java.util.Optional;

/** Short forms. */
final class Differences {
    private Differences() {}

    static Optional<Difference> missing(KernelOp op, String detail) {
        return Optional.of(new Difference(Difference.Kind.MISSING, op, detail));
    }

    static Optional<Difference> different(KernelOp op, String detail) {
        return Optional.of(new Difference(Difference.Kind.DIFFERENT, op, detail));
    }

    static Optional<Difference> foreign(KernelOp op, String detail) {
        return Optional.of(new Difference(Difference.Kind.FOREIGN, op, detail));
    }
}

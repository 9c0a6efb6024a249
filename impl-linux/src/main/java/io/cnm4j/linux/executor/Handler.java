package io.cnm4j.linux.executor;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import java.util.Optional;

/**
 * What one kind of operation means to the kernel. Stateless.
 *
 * @param <O> the kind
 */
interface Handler<O extends KernelOp> {
    /**
     * Makes it so.
     *
     * @return whether something had to be done; false if it was so already, where others may share it
     * @throws io.cnm4j.api.error.ConflictException if something foreign is in the way; nothing was done then
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses; the caller takes back what may have been done
     */
    boolean make(O op, Site site);

    /** Makes it absent. What is gone already is fine; what is not ours stays. */
    void unmake(O op, Site site);

    /** Ends what this process holds for it, where the thing itself goes with its namespace, its link or its table. */
    default void letGo(O op, Site site) {}

    /** Compares it with the kernel. */
    Optional<Difference> check(O op, Site site);

    /** Sets right what is there and differs. */
    void mend(O op, Site site);

    /** Makes it, or sets it right, if it is not so; tells whether something had to be done. */
    default boolean ensure(O op, Site site) {
        Optional<Difference> difference = check(op, site);
        if (difference.isEmpty()) {
            return false;
        }
        switch (difference.orElseThrow().kind()) {
            case MISSING -> make(op, site);
            case DIFFERENT -> mend(op, site);
            case EXTRA -> throw new IllegalStateException("no operation is too much: " + op);
            case FOREIGN ->
                throw new ConflictException(
                        difference.orElseThrow().detail() + "; remove it or give it another name, then try again");
        }
        return true;
    }
}

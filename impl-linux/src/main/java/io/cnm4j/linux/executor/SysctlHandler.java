package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.sysctl.Sysctls;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.SetSysctl;
import java.util.Optional;

/** Kernel parameters, set and read from inside the namespace. */
final class SysctlHandler implements Handler<SetSysctl> {

    @Override
    public boolean make(SetSysctl op, Site site) {
        if (read(op).filter(op.value()::equals).isPresent()) {
            return false;
        }
        write(op, op.value(), site);
        return true;
    }

    private static void write(SetSysctl op, String value, Site site) {
        NamespaceWorkers.inside(op.namespace(), () -> {
            Sysctls.write(op.key(), value, site.tap());
            return true;
        });
    }

    private static Optional<String> read(SetSysctl op) {
        return Namespaces.exists(op.namespace())
                ? NamespaceWorkers.inside(op.namespace(), () -> Sysctls.read(op.key()))
                : Optional.empty();
    }

    /** Gives back the value from before, unless somebody else has changed it since. */
    @Override
    public void unmake(SetSysctl op, Site site) {
        if (op.restore().isPresent() && read(op).filter(op.value()::equals).isPresent()) {
            write(op, op.restore().orElseThrow(), site);
        }
    }

    @Override
    public Optional<Difference> check(SetSysctl op, Site site) {
        Optional<String> value = read(op);
        if (value.isEmpty()) {
            return missing(op, "there is no parameter " + op.key() + " in namespace " + op.namespace());
        }
        return value.filter(op.value()::equals).isPresent()
                ? Optional.empty()
                : different(op, op.key() + " is " + value.orElseThrow() + ", not " + op.value());
    }

    @Override
    public void mend(SetSysctl op, Site site) {
        make(op, site);
    }
}

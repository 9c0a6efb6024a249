package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.sysctl.Sysctls;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.SetSysctl;
import java.util.Optional;

/** Kernel parameters, set and read from inside the namespace. */
final class SysctlHandler implements Handler<SetSysctl> {

    @Override
    public boolean make(SetSysctl op, Site site) {
        return site.inside(op.namespace(), () -> {
            if (isSo(op)) {
                return false;
            }
            Sysctls.write(op.key(), op.value(), site.tap());
            return true;
        });
    }

    private static boolean isSo(SetSysctl op) {
        return Sysctls.read(op.key()).filter(op.value()::equals).isPresent();
    }

    /** Gives back the value from before, unless somebody else has changed it since. */
    @Override
    public void unmake(SetSysctl op, Site site) {
        if (op.restore().isPresent() && site.exists(op.namespace())) {
            site.inside(op.namespace(), () -> {
                if (isSo(op)) {
                    Sysctls.write(op.key(), op.restore().orElseThrow(), site.tap());
                }
                return true;
            });
        }
    }

    @Override
    public Optional<Difference> check(SetSysctl op, Site site) {
        Optional<String> value = site.exists(op.namespace())
                ? site.inside(op.namespace(), () -> Sysctls.read(op.key()))
                : Optional.empty();
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

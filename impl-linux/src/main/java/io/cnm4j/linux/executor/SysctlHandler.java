package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.rtnetlink.Ipv6Parameter;
import io.cnm4j.linux.sysctl.Sysctls;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.SetSysctl;
import java.util.Optional;

/** Kernel parameters, set and read from inside the namespace. */
final class SysctlHandler implements Handler<SetSysctl> {

    @Override
    public boolean make(SetSysctl op, Site site) {
        if (isSo(op, site)) {
            return false;
        }
        write(op, op.value(), site);
        return true;
    }

    private static boolean isSo(SetSysctl op, Site site) {
        return read(op, site).filter(op.value()::equals).isPresent();
    }

    private static Optional<String> read(SetSysctl op, Site site) {
        Optional<Ipv6Parameter> ofLink = Ipv6Parameter.of(op.key());
        return ofLink.isPresent()
                ? site.queries(op.namespace()).parameter(ofLink.orElseThrow())
                : site.inside(op.namespace(), () -> Sysctls.read(op.key()));
    }

    private static void write(SetSysctl op, String value, Site site) {
        site.inside(op.namespace(), () -> {
            Sysctls.write(op.key(), value, site.tap());
            return true;
        });
    }

    /** Gives back the value from before, unless somebody else has changed it since. */
    @Override
    public void unmake(SetSysctl op, Site site) {
        if (op.restore().isPresent() && site.exists(op.namespace()) && isSo(op, site)) {
            write(op, op.restore().orElseThrow(), site);
        }
    }

    @Override
    public Optional<Difference> check(SetSysctl op, Site site) {
        Optional<String> value = site.exists(op.namespace()) ? read(op, site) : Optional.empty();
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

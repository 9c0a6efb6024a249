package io.cnm4j.core;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.Finding;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.PlanExecutor.Watch;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Repairs what somebody else damages, as soon as it is noticed: what is missing or different, and nothing else. */
final class Guard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private final Engine engine;
    private final Duration limit;
    private final Watch watch;

    Guard(Engine engine, Duration limit) {
        this.engine = engine;
        this.limit = limit;
        this.watch = engine.parts.executor().watch(engine.controller(), this::changed);
    }

    private void changed() {
        try {
            List<Finding> damage = engine.doctor.damage(Deadline.after(limit)).stream()
                    .filter(finding ->
                            finding.kind() == Finding.Kind.MISSING || finding.kind() == Finding.Kind.DIFFERENT)
                    .toList();
            if (!damage.isEmpty()) {
                LOG.warn("repairing what was damaged from outside: {}", damage);
                engine.doctor.repair(damage, Deadline.after(limit));
            }
        } catch (ClosedException over) {
            LOG.debug("closed while repairing", over);
        } catch (CnmException failure) { // there is no caller; the next check finds it again
            LOG.warn("could not repair what was damaged from outside", failure);
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}

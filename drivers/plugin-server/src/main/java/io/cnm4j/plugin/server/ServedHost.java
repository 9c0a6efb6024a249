package io.cnm4j.plugin.server;

import io.cnm4j.api.ControllerId;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.store.KeyValueStore;
import java.util.random.RandomGenerator;

/**
 * What a server works with; its owner closes it.
 *
 * @param id marks what is made; the same after every restart, and no controller's
 * @param executor makes plans true
 * @param host questions about the host
 * @param records where networks, endpoints, pools and addresses are kept
 * @param run a directory that no controller uses
 * @param mayForward whether IP forwarding may be turned on
 * @param random chance
 */
public record ServedHost(
        ControllerId id,
        PlanExecutor executor,
        HostView host,
        KeyValueStore records,
        RunDirectory run,
        boolean mayForward,
        RandomGenerator random) {}

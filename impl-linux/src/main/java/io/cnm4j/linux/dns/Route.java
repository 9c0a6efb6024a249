package io.cnm4j.linux.dns;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.plan.NamespaceRef;

/**
 * A way to an upstream.
 *
 * @param namespace where its questions leave from
 * @param address the upstream
 */
record Route(NamespaceRef namespace, IpAddress address) {}

package io.cnm4j.spi.driver;

import io.cnm4j.spi.plan.NamespaceRef;

/**
 * Where a sandbox wants its interface.
 *
 * @param namespace the sandbox' namespace
 * @param interfaceName the interface's name in it
 */
public record AttachPoint(NamespaceRef namespace, String interfaceName) {}

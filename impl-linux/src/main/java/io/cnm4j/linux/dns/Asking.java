package io.cnm4j.linux.dns;

import io.cnm4j.spi.plan.NamespaceRef;

/**
 * A sandbox that asks.
 *
 * @param namespace its namespace
 * @param share how much it asks
 */
record Asking(NamespaceRef namespace, Share share) {}

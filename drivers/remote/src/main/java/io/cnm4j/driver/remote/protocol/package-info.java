/**
 * Docker's protocol for network and IPAM plug-ins: methods, requests and answers as values, and their JSON.
 *
 * <p>Law: the same values serve both sides. What comes from the other side is read through {@link
 * io.cnm4j.driver.remote.protocol.Fields}, which takes nothing for granted: unknown fields are skipped, a field of the wrong type is an
 * {@link io.cnm4j.driver.remote.protocol.BadMessageException} that names it. Values are immutable. Source: libnetwork's
 * docs/remote.md and docs/ipam.md, and the wire format of the engine.
 */
@NullMarked
package io.cnm4j.driver.remote.protocol;

import org.jspecify.annotations.NullMarked;

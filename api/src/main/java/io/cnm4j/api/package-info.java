/**
 * The Container Network Model as an embedding program calls it: a {@link io.cnm4j.api.NetworkController} holds networks,
 * a {@link io.cnm4j.api.Network} has endpoints, an {@link io.cnm4j.api.Endpoint} joins exactly one
 * {@link io.cnm4j.api.Sandbox}, a sandbox may hold many endpoints.
 *
 * <p>Law: handles name an object, they do not hold it: every call looks the object up again, and a handle whose object is
 * gone says so. All handles are thread-safe. Every verb either returns with its whole effect in the kernel and in the
 * records, or throws a {@link io.cnm4j.api.error.CnmException} and has changed nothing. Snapshots never change.
 */
@NullMarked
package io.cnm4j.api;

import org.jspecify.annotations.NullMarked;

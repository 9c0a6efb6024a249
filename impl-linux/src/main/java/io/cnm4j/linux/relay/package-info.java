/**
 * Published ports of the host, as sockets of this process: no other program gets them, and what reaches them is relayed.
 *
 * <p>Law: one descriptor a port, no thread a port. A socket is in the host namespace of its controller and lives as long as the record
 * that asks for it, or this process. What a firewall rule translates never reaches a socket here.
 */
@NullMarked
package io.cnm4j.linux.relay;

import org.jspecify.annotations.NullMarked;

/**
 * A network between two hosts whose packets a Java program moves: first with the kernel's VXLAN device at the other end, then encrypted
 * with the same program at both.
 *
 * <p>Law: hosts, sandboxes and the wire between them are namespaces made for the example; the machine's own network is not touched.
 */
@org.jspecify.annotations.NullMarked
package io.cnm4j.examples.tunnel;

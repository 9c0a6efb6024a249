/**
 * VXLAN inside ESP in UDP: AES-256-GCM as in RFC 4106, transport mode, encapsulated as in RFC 3948, so that a kernel with ESP is a
 * peer.
 *
 * <pre>
 *  0     4     8          16                                                  n
 * | SPI | seq | IV        | UDP 8 | VXLAN 8 | frame | pad 0-3 | length | 17 | tag 16 |
 * |  authenticated        |            encrypted and authenticated          |
 * </pre>
 *
 * <p>Law: one key serves one direction between two endpoints. A nonce never comes twice under a key, also not after a restart. What
 * is not authentic changes a counter and nothing else; without a key nothing leaves.
 */
@NullMarked
package io.cnm4j.linux.vxlan.esp;

import org.jspecify.annotations.NullMarked;

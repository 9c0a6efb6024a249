/**
 * Event loops of Netty. Law: when one has ended, every channel that was registered with it is closed, whatever it was doing.
 */
@NullMarked
package io.cnm4j.linux.loop;

import org.jspecify.annotations.NullMarked;

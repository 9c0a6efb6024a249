/**
 * Plug-ins as drivers: whatever Docker's engine would find under a name is a network driver and an IPAM driver of that name.
 *
 * <p>Law: nobody is asked before he is needed. Plans come from notes alone, so that networks of a dead plug-in can be listed, checked and
 * removed; what a plug-in chose is in the note. What a plug-in gives may not change what was there before.
 */
@NullMarked
package io.cnm4j.driver.remote;

import org.jspecify.annotations.NullMarked;

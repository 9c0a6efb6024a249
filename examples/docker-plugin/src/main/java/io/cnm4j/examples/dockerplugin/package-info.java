/**
 * The bridge driver and the address pools of cnm4j, served to a real Docker engine that runs in namespaces of its own.
 */
@NullMarked
package io.cnm4j.examples.dockerplugin;

import org.jspecify.annotations.NullMarked;

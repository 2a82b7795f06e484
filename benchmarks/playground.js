// The TensorFlow Playground's training loop, for node: the peer of the section `playground`.
//
// Written from the published description of that program (its paper by Smilkov, Carter, Sculley, Viégas and Wattenberg,
// "Direct-Manipulation Visualization of Deep Networks", 2017, and the documentation of its network module), not copied.
// What the time depends on is kept as it is there: a net is layers of node objects joined by link objects that point at
// both ends, numbers are doubles on these objects, examples go through one at a time, forward and back, each node and
// link sums its derivatives, and after every batch weights move by the mean of them and the sums start anew. The slope of
// an activation is asked of the node's total input, a dead link is skipped, a penalty is looked for on every link.
// Typed arrays and batched products would be faster: they would be another program than the one people use.
// In its favour it is spared what that program also does: features are ready-made, and no loss is worked out after an epoch.
//
// It reads one JSON value a line and answers each with one:
//   {"dims": [2, 4, 2, 1], "activation": "tanh", "rate": 0.01, "x": [[x, y], ...], "target": [-1, 1, ...],
//    "weights": [[[w, ...] a node], ...] and "biases": [[b, ...], ...] a layer or neither: then as that program draws them,
//    "batches": [[index, ...], ...]}       a net: "ready"
//   {"steps": n}                           that many updates, the batches round and round: CPU seconds of this process
//   {"loss": true}                         mean squared error, halved, over all points
"use strict";

const readline = require("node:readline");

class Activation {
  constructor(output, slope) {
    this.output = output;
    this.slope = slope;
  }
}

const TANH = new Activation(
  (x) => Math.tanh(x),
  (x) => {
    const y = TANH.output(x);
    return 1 - y * y;
  },
);
const RELU = new Activation(
  (x) => Math.max(0, x),
  (x) => (x <= 0 ? 0 : 1),
);
const ACTIVATIONS = { tanh: TANH, relu: RELU };

const SQUARE = {
  error: (output, target) => 0.5 * (output - target) ** 2,
  slope: (output, target) => output - target,
};

class Link {
  constructor(source, dest) {
    this.source = source;
    this.dest = dest;
    this.weight = Math.random() - 0.5;
    this.dead = false;
    this.penalty = null;
    this.slope = 0;
    this.slopes = 0;
    this.count = 0;
  }
}

class Node {
  constructor(activation) {
    this.activation = activation;
    this.bias = 0.1;
    this.inputs = [];
    this.outputs = [];
    this.total = 0;
    this.output = 0;
    this.outputSlope = 0;
    this.inputSlope = 0;
    this.slopes = 0;
    this.count = 0;
  }

  update() {
    this.total = this.bias;
    for (let i = 0; i < this.inputs.length; i++) {
      const link = this.inputs[i];
      this.total += link.weight * link.source.output;
    }
    this.output = this.activation.output(this.total);
    return this.output;
  }
}

function build(dims, activation) {
  const net = dims.map((size, at) =>
    Array.from({ length: size }, () => new Node(at < dims.length - 1 ? activation : TANH)),
  );
  for (let at = 1; at < net.length; at++) {
    for (const node of net[at]) {
      for (const source of net[at - 1]) {
        const link = new Link(source, node);
        source.outputs.push(link);
        node.inputs.push(link);
      }
    }
  }
  return net;
}

function forward(net, x) {
  const first = net[0];
  for (let i = 0; i < first.length; i++) first[i].output = x[i];
  for (let at = 1; at < net.length; at++) {
    const layer = net[at];
    for (let i = 0; i < layer.length; i++) layer[i].update();
  }
  return net[net.length - 1][0].output;
}

function backward(net, target, error) {
  const last = net[net.length - 1][0];
  last.outputSlope = error.slope(last.output, target);
  for (let at = net.length - 1; at >= 1; at--) {
    const layer = net[at];
    for (let i = 0; i < layer.length; i++) {
      const node = layer[i];
      node.inputSlope = node.outputSlope * node.activation.slope(node.total);
      node.slopes += node.inputSlope;
      node.count++;
    }
    for (let i = 0; i < layer.length; i++) {
      const node = layer[i];
      for (let j = 0; j < node.inputs.length; j++) {
        const link = node.inputs[j];
        if (link.dead) continue;
        link.slope = node.inputSlope * link.source.output;
        link.slopes += link.slope;
        link.count++;
      }
    }
    if (at === 1) continue;
    const before = net[at - 1];
    for (let i = 0; i < before.length; i++) {
      const node = before[i];
      node.outputSlope = 0;
      for (let j = 0; j < node.outputs.length; j++) {
        const link = node.outputs[j];
        node.outputSlope += link.weight * link.dest.inputSlope;
      }
    }
  }
}

function descend(net, rate) {
  for (let at = 1; at < net.length; at++) {
    const layer = net[at];
    for (let i = 0; i < layer.length; i++) {
      const node = layer[i];
      if (node.count > 0) {
        node.bias -= (rate * node.slopes) / node.count;
        node.slopes = 0;
        node.count = 0;
      }
      for (let j = 0; j < node.inputs.length; j++) {
        const link = node.inputs[j];
        if (link.dead) continue;
        const pull = link.penalty ? link.penalty.slope(link.weight) : 0;
        if (link.count > 0) {
          link.weight -= (rate / link.count) * link.slopes + rate * pull;
          link.slopes = 0;
          link.count = 0;
        }
      }
    }
  }
}

class Run {
  constructor(asked) {
    this.net = build(asked.dims, ACTIVATIONS[asked.activation]);
    this.rate = asked.rate;
    this.points = asked.x.map((x, i) => ({ x, target: asked.target[i] }));
    this.batches = asked.batches.map((batch) => batch.map((i) => this.points[i]));
    this.at = 0;
    if (asked.weights) this.start(asked.weights, asked.biases);
  }

  start(weights, biases) {
    for (let at = 1; at < this.net.length; at++) {
      this.net[at].forEach((node, i) => {
        node.bias = biases[at - 1][i];
        node.inputs.forEach((link, j) => {
          link.weight = weights[at - 1][i][j];
        });
      });
    }
  }

  step() {
    const batch = this.batches[this.at];
    this.at = (this.at + 1) % this.batches.length;
    for (let i = 0; i < batch.length; i++) {
      const point = batch[i];
      forward(this.net, point.x);
      backward(this.net, point.target, SQUARE);
    }
    descend(this.net, this.rate);
  }

  loss() {
    let sum = 0;
    for (const point of this.points) sum += SQUARE.error(forward(this.net, point.x), point.target);
    return sum / this.points.length;
  }
}

let run = null;

function answer(asked) {
  if (asked.dims) {
    run = new Run(asked);
    return "ready";
  }
  if (asked.loss) return run.loss();
  const began = process.cpuUsage();
  for (let n = 0; n < asked.steps; n++) run.step();
  const taken = process.cpuUsage(began);
  return (taken.user + taken.system) / 1e6;
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
});

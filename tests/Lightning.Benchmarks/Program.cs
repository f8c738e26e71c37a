using System.CommandLine;
using Lightning.Benchmarks.Paths;
using Lightning.Benchmarks.Payments;

var json = new Option<bool>("--json") { Description = "Print one JSON object instead of a table." };
var scale = new Option<int>("--count") { Description = "Payments of the sequential round; the rounds in flight take 4 and 10 times as many.", DefaultValueFactory = _ => 500 };

// One channel carries them all one way.
scale.Validators.Add(static result =>
{
    if (result.GetValueOrDefault<int>() is < 1 or > 1_900) result.AddError("--count: 1 to 1,900, which is what one channel can carry.");
});
var payments = new Command("payments", "Payments over one channel between two processes of ours, on bitcoind regtest.") { json, scale };
payments.SetAction((result, cancellation) => PaymentsBenchmark.RunAsync(result.GetValue(scale), result.GetValue(json), cancellation));

var graph = new Option<string>("--graph") { Description = "Folder with the tables of the network.", Required = true };
var targets = new Option<int>("--targets") { Description = "Payees.", DefaultValueFactory = _ => 1_000 };
var rank = new Option<int>("--source") { Description = "The payer: 0 for the node with the most channels, 1 for the next one.", DefaultValueFactory = _ => 10 };
var seed = new Option<int>("--seed") { Description = "Where the money stands, and who is paid.", DefaultValueFactory = _ => 1 };
var paths = new Command("paths", "Paths through the graph of mainnet, single and in parts, beside plain Dijkstra by fee.") { graph, targets, rank, seed, json };
paths.SetAction(result => PathsBenchmark.Run(
    result.GetValue(graph)!, result.GetValue(targets), result.GetValue(rank), result.GetValue(seed), result.GetValue(json)));

var snapshot = new Argument<string>("file");
var load = new Command("load-graph", "Loads a snapshot of a graph and tells how long that took, and what it takes.") { snapshot };
load.Hidden = true;
load.SetAction(result => PathsBenchmark.Load(result.GetValue(snapshot)!));

var root = new RootCommand("Measures the node. Every figure is of whole processes on this machine; compare only figures of one run.") { payments, paths, load };
return await root.Parse(args).InvokeAsync();

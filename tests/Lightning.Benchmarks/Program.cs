using System.CommandLine;
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

var root = new RootCommand("Measures the node. Every figure is of whole processes on this machine; compare only figures of one run.") { payments };
return await root.Parse(args).InvokeAsync();

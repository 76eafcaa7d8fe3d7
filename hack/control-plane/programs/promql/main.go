// What does Prometheus make of our metrics pages? Reads pages, rules and queries as JSON from standard input, stores
// the pages in a real TSDB as scrapes would, asks the real engine, and writes its answers as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb"
)

type page struct {
	AtMs   int64             `json:"atMs"`
	Labels map[string]string `json:"labels"`
	Text   string            `json:"text"`
}

type query struct {
	Expression string `json:"expression"`
	AtMs       int64  `json:"atMs"`
}

type question struct {
	Pages   []page  `json:"pages"`
	Queries []query `json:"queries"`
	// A rules file, as Prometheus loads it; empty for none.
	Rules string `json:"rules"`
}

type series struct {
	Labels map[string]string `json:"labels"`
	Value  string            `json:"value"`
}

type answer struct {
	Error  string   `json:"error,omitempty"`
	Series []series `json:"series"`
}

type answers struct {
	RuleErrors []string `json:"ruleErrors"`
	Queries    []answer `json:"queries"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "promql:", err)
		os.Exit(1)
	}
}

func run() error {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return fmt.Errorf("the question on standard input is not JSON: %w", err)
	}
	folder, err := os.MkdirTemp("", "promql-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	quiet := slog.New(slog.DiscardHandler)
	db, err := tsdb.Open(folder, quiet, nil, tsdb.DefaultOptions(), nil)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, each := range asked.Pages {
		if err := store(db, each); err != nil {
			return err
		}
	}
	engine := promql.NewEngine(promql.EngineOpts{Logger: quiet, MaxSamples: 1_000_000, Timeout: 30 * time.Second, LookbackDelta: 5 * time.Minute})
	defer engine.Close()
	out := answers{RuleErrors: checkRules(asked.Rules), Queries: []answer{}}
	for _, each := range asked.Queries {
		out.Queries = append(out.Queries, ask(engine, db, each))
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

func ask(engine *promql.Engine, db *tsdb.DB, asked query) answer {
	prepared, err := engine.NewInstantQuery(context.Background(), db, nil, asked.Expression, time.UnixMilli(asked.AtMs))
	if err != nil {
		return answer{Error: err.Error(), Series: []series{}}
	}
	defer prepared.Close()
	result := prepared.Exec(context.Background())
	if result.Err != nil {
		return answer{Error: result.Err.Error(), Series: []series{}}
	}
	found := answer{Series: []series{}}
	switch value := result.Value.(type) {
	case promql.Vector:
		for _, sample := range value {
			found.Series = append(found.Series, series{Labels: toMap(sample.Metric), Value: fmt.Sprint(sample.F)})
		}
	case promql.Scalar:
		found.Series = append(found.Series, series{Labels: map[string]string{}, Value: fmt.Sprint(value.V)})
	default:
		found.Error = fmt.Sprintf("a panel cannot show a %s", parser.ValueType(result.Value.Type()))
	}
	return found
}

func toMap(from labels.Labels) map[string]string {
	return from.Map()
}

package webhook

import (
	"context"
	"fmt"
	"strings"
	"time"

	webhooks "roster/internal/action/webhook"
	"roster/internal/command"
	"roster/internal/endpoint"
)

// deliveryDocument is what --json prints of a delivery.
type deliveryDocument struct {
	ID           string    `json:"id"`
	MessageID    *string   `json:"message_id"`
	Organisation string    `json:"organisation"`
	Seq          *int64    `json:"seq"`
	Type         string    `json:"type"`
	At           time.Time `json:"at"`
	Try          int       `json:"try"`
	URL          string    `json:"url"`
	Delivered    bool      `json:"delivered"`
	Failure      *string   `json:"failure"`
	Status       *int      `json:"status"`
	Answer       string    `json:"answer"`
	Took         float64   `json:"took"`
	Request      *string   `json:"request,omitempty"` // of one that is shown
}

func deliveryOf(d endpoint.Delivery) deliveryDocument {
	doc := deliveryDocument{
		ID: d.ID, Organisation: string(d.Of), Type: d.Action, At: d.At, Try: d.Try, URL: d.URL, Delivered: d.Done(), Failure: command.Text(string(d.Failure)),
		Answer: d.Answer, Took: d.Took.Seconds(),
	}
	if d.Seq > 0 {
		doc.MessageID, doc.Seq = command.Text(endpoint.MessageID(d.Of, d.Seq)), &d.Seq
	}
	if d.Status > 0 {
		doc.Status = &d.Status
	}
	return doc
}

// outcome says what became of a delivery.
func outcome(d endpoint.Delivery) string {
	switch {
	case d.Done():
		return fmt.Sprintf("delivered, %d", d.Status)
	case d.Status > 0:
		return fmt.Sprintf("%s, %d", d.Failure, d.Status)
	}
	return string(d.Failure)
}

// testCommand tries a receiver.
type testCommand struct {
	command.Output
	place
	receivers
	which
}

// Help tells what it ends with.
func (testCommand) Help() string {
	return "It sends webhook.ping, signed like any event, and ends with 1 where the receiver does not answer 2xx."
}

// Run sends a ping.
func (c *testCommand) Run(ctx context.Context, con *command.Console) error {
	return c.sealing(ctx, c.receivers, func(ctx context.Context, r room) error {
		v, err := c.find(ctx, r)
		if err != nil {
			return err
		}
		d, err := r.Test(ctx, v.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			err = con.JSON(deliveryOf(d))
		} else {
			err = con.Line("%s: %s in %s.", v.Name, outcome(d), d.Took.Round(time.Millisecond))
		}
		if err == nil && !d.Done() {
			err = command.ErrTold
		}
		return err
	})
}

// deliveriesCommand lists deliveries.
type deliveriesCommand struct {
	command.Output
	place
	which
	Delivery string `arg:"" optional:"" help:"Show this delivery, with what was sent." placeholder:"DELIVERY"`
	Limit    int    `help:"How many at most, 1 to 200." default:"20" placeholder:"N"`
}

// Run prints the deliveries, the newest first.
func (c *deliveriesCommand) Run(ctx context.Context, con *command.Console) error {
	return c.at(ctx, func(ctx context.Context, r room) error {
		v, err := c.find(ctx, r)
		if err != nil {
			return err
		}
		if c.Delivery != "" {
			return c.one(ctx, con, r, v)
		}
		page, err := r.Deliveries(ctx, v.ID, webhooks.Query{Limit: c.Limit})
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[deliveryDocument]{Items: []deliveryDocument{}}
			for _, d := range page.Deliveries {
				list.Items = append(list.Items, deliveryOf(d))
			}
			return con.JSON(list)
		}
		t := command.Columns("WHEN", "EVENT", "SEQ", "TRY", "OUTCOME", "TOOK", "ID")
		for _, d := range page.Deliveries {
			t.Add(con.When(d.At), d.Action, fmt.Sprint(d.Seq), command.Number(d.Try), outcome(d), d.Took.Round(time.Millisecond).String(), d.ID)
		}
		return con.Print(t)
	})
}

func (c *deliveriesCommand) one(ctx context.Context, con *command.Console, r room, v webhooks.View) error {
	d, err := r.Delivery(ctx, v.ID, c.Delivery)
	if err != nil {
		return err
	}
	if c.JSON {
		doc := deliveryOf(d.Delivery)
		doc.Request = command.Text(d.Body)
		return con.JSON(doc)
	}
	var s command.Sheet
	s.Add("Event", d.Action)
	s.Add("Sent to", d.URL)
	s.Add("At", command.Moment(d.At))
	s.Add("Try", command.Number(d.Try))
	s.Add("Outcome", outcome(d.Delivery))
	s.Add("Took", d.Took.Round(time.Millisecond).String())
	s.Add("Answer", strings.ReplaceAll(d.Answer, "\n", " "))
	s.Add("Sent", d.Body)
	return con.Show(&s)
}
